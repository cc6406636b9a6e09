# Sourced by the scripts of this folder: what they need of the machine, installed only where it is missing.

# need_packages NAME...: installs those Debian packages that are not there. Quick when all are.
need_packages() {
    local name missing=() as_root=()
    if ! command -v dpkg-query >/dev/null; then
        echo "This is no Debian system: please see to it that these are installed: $*" >&2
        return 0
    fi
    for name in "$@"; do
        [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$name" 2>/dev/null) == installed ]] ||
            missing+=("$name")
    done
    [[ ${#missing[@]} -gt 0 ]] || return 0
    echo "Installing ${missing[*]}" >&2
    if [[ $(id -u) -ne 0 ]]; then
        if ! command -v sudo >/dev/null; then
            echo "There is no sudo here. As root: apt-get install --yes ${missing[*]}" >&2
            return 1
        fi
        as_root=(sudo)
    fi
    local install=(env DEBIAN_FRONTEND=noninteractive apt-get --quiet -o DPkg::Lock::Timeout=300 install
        --yes --no-install-recommends "${missing[@]}")
    # Package lists that are absent or out of date are the one reason to fetch them.
    "${as_root[@]}" "${install[@]}" >&2 ||
        { "${as_root[@]}" apt-get --quiet update >&2 && "${as_root[@]}" "${install[@]}" >&2; }
}

# need_swift: ends the script, with the way to get one, unless there is a Swift toolchain as new as Package.swift asks.
need_swift() {
    local wanted found
    wanted=$(sed -n '1s|^// swift-tools-version: *||p' Package.swift)
    # A toolchain that swiftly has just installed is on the path of new shells only.
    if ! command -v swift >/dev/null && [[ -r ${SWIFTLY_HOME_DIR:-$HOME/.local/share/swiftly}/env.sh ]]; then
        source "${SWIFTLY_HOME_DIR:-$HOME/.local/share/swiftly}/env.sh"
    fi
    if ! command -v swift >/dev/null; then
        echo "Sluice is built with Swift $wanted or later, and no swift is on the PATH." >&2
    else
        found=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9.]*\).*/\1/p' | head -n 1)
        if [[ -n $found && $(printf '%s\n' "$wanted" "$found" | sort --version-sort | head -n 1) == "$wanted" ]]; then
            return 0
        fi
        echo "Sluice is built with Swift $wanted or later; $(command -v swift) is ${found:-of an unknown version}." >&2
    fi
    cat >&2 <<TEXT

Get it from https://www.swift.org/install/linux/, or with swiftly, Swift's own installer:

    curl -O https://download.swift.org/swiftly/linux/swiftly-$(uname -m).tar.gz
    tar zxf swiftly-$(uname -m).tar.gz
    ./swiftly init

swiftly names the packages that the toolchain needs. Then run this command again.
TEXT
    exit 1
}

# What the gateway is made of; ca-certificates and git are for fetching and for providers over TLS.
build_packages=(
    libuv1-dev libcurl4-openssl-dev libssl-dev libhiredis-dev libsimdjson-dev libre2-dev libxxhash-dev g++ pkg-config git
    ca-certificates tzdata
)

// Looks for needles by their rarest four bytes: two tables of sixteen entries tell, for each of the four, which groups
// of needles a byte may belong to by its lower and its upper half. Where all four agree, four tables by the whole byte
// tell which needles may stand there, and only those are compared whole.
#include "cregex.h"
#include <algorithm>
#include <cstring>
#include <new>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace {

constexpr size_t width = CR_NEEDLE_WINDOW;

bool holds(const cr_byte_class &set, uint8_t byte) { return set.bits[byte >> 6] >> (byte & 63) & 1; }

// Whether the needle stands where its window is at `place`.
bool stands_at(const cr_needle &needle, const uint8_t *text, size_t length, size_t place) {
    if (place < needle.window || length - (place - needle.window) < needle.length) return false;
    const uint8_t *start = text + place - needle.window;
    // From the end: what is near the window is most likely of its kind.
    for (size_t i = needle.length; i-- > 0;) {
        if (!holds(needle.classes[i], start[i])) return false;
    }
    return true;
}

} // namespace

struct cr_needles {
    std::vector<cr_needle> needles;
    // Bit g: a byte with this half may stand at that place of a window of group g.
    alignas(16) uint8_t lower[width][16] = {};
    alignas(16) uint8_t upper[width][16] = {};
    // Bit n: this byte may stand at that place of the window of needle n.
    static_assert(CR_MOST_NEEDLES <= 64, "a bit for each needle");
    uint64_t whole[width][256] = {};

    cr_needles(const cr_needle *all, size_t count) {
        needles.reserve(count);
        for (size_t i = 0; i < count; i++) add(all[i]);
    }

    void add(const cr_needle &needle) {
        const auto group = uint8_t(1u << needle.group);
        const uint64_t own = uint64_t(1) << needles.size();
        needles.push_back(needle);
        for (size_t i = 0; i < width; i++) {
            const bool isInside = needle.window + i < needle.length;
            for (int byte = 0; byte < 256; byte++) {
                if (isInside && !holds(needle.classes[needle.window + i], uint8_t(byte))) continue;
                lower[i][byte & 15] |= group;
                upper[i][byte >> 4] |= group;
                whole[i][byte] |= own;
            }
        }
    }

    // The needles whose window may be at `place`, a bit each; what is behind the end fits everything.
    uint64_t needles_at(const uint8_t *text, size_t length, size_t place) const {
        uint64_t left = ~uint64_t(0);
        for (size_t i = 0; i < width && place + i < length; i++) left &= whole[i][text[place + i]];
        return left;
    }

    bool stands(const uint8_t *text, size_t length, size_t place) const {
        for (uint64_t left = needles_at(text, length, place); left; left &= left - 1) {
            if (stands_at(needles[size_t(__builtin_ctzll(left))], text, length, place)) return true;
        }
        return false;
    }
};

namespace {

// Close looks that a text may cost; more than that tell that the windows are no use here.
size_t most_looks(size_t length) { return 64 + length / 64; }

#if defined(__x86_64__)
// Bytes read for 32 places.
constexpr size_t reach = 32 + width - 1;

// The tables of halves as they are asked, each twice in a register.
struct halves {
    __m256i lower[width];
    __m256i upper[width];
};

__attribute__((target("avx2"))) __m256i doubled(const uint8_t *table) {
    return _mm256_broadcastsi128_si256(_mm_load_si128(reinterpret_cast<const __m128i *>(table)));
}

__attribute__((target("avx2"))) halves halves_of(const cr_needles &needles) {
    halves all;
    for (size_t i = 0; i < width; i++) {
        all.lower[i] = doubled(needles.lower[i]);
        all.upper[i] = doubled(needles.upper[i]);
    }
    return all;
}

// Bit i: a window may be at `place + i`. Reads `reach` bytes.
__attribute__((target("avx2"))) uint32_t windows(const halves &tables, const uint8_t *place) {
    const __m256i low = _mm256_set1_epi8(15);
    __m256i left = _mm256_set1_epi8(-1);
    for (size_t i = 0; i < width; i++) {
        const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i *>(place + i));
        const __m256i lower = _mm256_shuffle_epi8(tables.lower[i], _mm256_and_si256(bytes, low));
        const __m256i shifted = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), low);
        left = _mm256_and_si256(left, _mm256_and_si256(lower, _mm256_shuffle_epi8(tables.upper[i], shifted)));
    }
    return ~uint32_t(_mm256_movemask_epi8(_mm256_cmpeq_epi8(left, _mm256_setzero_si256())));
}

// Looks at a text too short for a vector in a copy with zeros behind it.
__attribute__((target("avx2"))) bool search_short(const cr_needles &needles, const uint8_t *text, size_t length) {
    uint8_t copy[reach] = {};
    memcpy(copy, text, length);
    uint32_t found = windows(halves_of(needles), copy);
    if (length < 32) found &= (1u << length) - 1;
    for (; found; found &= found - 1) {
        if (needles.stands(text, length, size_t(__builtin_ctz(found)))) return true;
    }
    for (size_t place = 32; place < length; place++) {
        if (needles.stands(text, length, place)) return true;
    }
    return false;
}

// The last vector overlaps the one before. Whether a needle was found, or looking for it took too long.
__attribute__((target("avx2"))) bool search(const cr_needles &needles, const uint8_t *text, size_t length) {
    if (length < reach) return search_short(needles, text, length);
    const halves tables = halves_of(needles);
    const size_t last = length - reach;
    size_t looks = most_looks(length);
    for (size_t start = 0;; start = std::min(start + 32, last)) {
        for (uint32_t found = windows(tables, text + start); found; found &= found - 1) {
            if (looks-- == 0 || needles.stands(text, length, start + size_t(__builtin_ctz(found)))) return true;
        }
        if (start == last) break;
    }
    for (size_t place = last + 32; place < length; place++) {
        if (needles.stands(text, length, place)) return true;
    }
    return false;
}
#endif

} // namespace

cr_needles *cr_needles_new(const cr_needle *needles, size_t count) {
    return new (std::nothrow) cr_needles(needles, count);
}

void cr_needles_free(cr_needles *needles) { delete needles; }

bool cr_needles_may_occur(const cr_needles *needles, const void *text, size_t length) {
    const auto *bytes = static_cast<const uint8_t *>(text);
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) return search(*needles, bytes, length);
#endif
    for (size_t place = 0; place < length; place++) {
        if (needles->stands(bytes, length, place)) return true;
    }
    return false;
}

"""A panel at work, watched in a browser from its first word to its last: the gateway, its models and the page are real."""

import json

import pytest

from browser import DESKTOP, PHONE
from configuration import KEY
from cutting_proxy import CuttingProxy
from operators import LISTENERS
from panel import panel, script, verdict
from task_server import CODES
from tasks import Tasks
from test_result_page import ATTACK, LOST, standing, steps

# A reviewer's name, as far as a configuration allows one, a reason and a line of code that a page must not run.
NAME = "<img src=x onerror=alert(1)>"
CODE = [f"# version {number}: {ATTACK}\n{code}" for number, code in enumerate(CODES, 1)]
NAMES = ["melchior", NAME, "casper"]

# Keeps what the badge and the line for screen readers said, in their order.
WATCH = """() => {
  window.seen = { badges: [], news: [] };
  addEventListener("DOMContentLoaded", () => new MutationObserver(() => {
    const text = document.querySelector(".head .badge")?.textContent;
    if (text && seen.badges.at(-1) !== text) seen.badges.push(text);
  }).observe(document, { subtree: true, childList: true, characterData: true }));
  const { get, set } = Object.getOwnPropertyDescriptor(Node.prototype, "textContent");
  Object.defineProperty(Node.prototype, "textContent", { configurable: true, get, set(text) {
    if (this.id === "news") seen.news.push(text);
    set.call(this, text);
  } });
}"""


def reviewer(*decisions, wait):
    """An upstream that votes so on one version after the other."""
    votes = [(f"# version {number}:", verdict(decision, f"{decision.lower()} on {number}: {json.dumps(ATTACK)[1:-1]}"))
             for number, decision in enumerate(decisions, 1)]
    return {"script": script(*votes), "first_event_ms": wait, "gap_ms": 10}


def team(*votes, **settings):
    """A panel whose coder writes each of `CODE`; `votes` are the decisions of each reviewer."""
    written = [f"Version {number}.\n\n```python\n{code}```\n" for number, code in enumerate(CODE, 1)]
    coder = {"script": script(*((f"Version {n} of", written[n]) for n in (1, 2)), ("", written[0])),
             "gap_ms": 12, "first_event_ms": 150}
    seats = [reviewer(*decisions, wait=200 * place) for place, decisions in enumerate(votes, 1)]
    options = panel(*seats, coder=coder, **settings)
    for seat, name in zip(options["upstreams"]["panel"]["reviewers"], NAMES):
        seat["name"] = name
    return options | {"root": {"tasks": {"public_links": True}, "listeners": LISTENERS}}


YES, NO = "POSITIVE", "NEGATIVE"
VOTES = {1: (NO, NO, YES), 2: (YES, NO, NO), 3: (YES, YES, YES)}
TWICE = team(*zip(*VOTES.values()))
NEVER = team((NO, NO, NO), (NO, NO, NO), (YES, YES, YES), max_iterations=2)


@pytest.fixture
def watch(browser, gateway_with):
    """`watch(options)`: a task of a gateway with these options on its page, and the proxy that stands between."""
    proxies = []

    def watch(options, **how):
        gateway = gateway_with(workers=2, **options)
        proxy = CuttingProxy(gateway.address())
        proxies.append(proxy)
        page = browser.open("about:blank", **how)
        page.add_init_script(f"({WATCH})()")
        task = Tasks(gateway).submit(text="Write mean.")
        page.goto(f"{proxy.url}/results/{task}")
        return page, proxy, gateway, task

    yield watch
    for proxy in proxies:
        proxy.stop()


def in_order(wanted, said):
    """Whether these are among what was said, in this order."""
    rest = iter(said)
    return all(word in rest for word in wanted)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_code_that_is_rejected_twice_and_then_approved_is_watched_through_a_cut(browser, watch, size):
    page, proxy, gateway, task = watch(TWICE, size=size, permissions=["clipboard-read", "clipboard-write"])
    name = "phone" if size == PHONE else "desktop"
    page.wait_for_selector("text=The coder writes")
    assert page.locator(".lap").count() == 3 and page.get_by_role("button", name="Cancel").is_visible()
    page.wait_for_selector(".vote:not(.waiting)")
    proxy.cut()
    page.wait_for_selector(f"text={LOST}")
    page.wait_for_selector("text=Iteration 2", state="visible")
    page.locator(".round").nth(1).wait_for()
    assert all("net::ERR_" in text for text in page.complaints), page.complaints  # of the cut, and of nothing else
    page.complaints.clear()
    browser.look(page, f"live-running-{name}")
    page.wait_for_selector("#verdict", timeout=20_000)

    # The end.
    assert standing(page) == "approved" and page.get_by_role("button", name="Cancel").is_hidden()
    assert [lap[1:] for lap in steps(page)] == [
        ["Code", "Reviews (3)", "✕ Rejected"], ["Code", "Reviews (3)", "✕ Rejected"], ["Code", "Reviews (3)", "✓ Approved"]]
    assert page.get_by_role("region", name="Final code").inner_text() == CODE[2].rstrip("\n")
    page.get_by_role("button", name="Copy the code").click()
    page.wait_for_selector("text=Copied")
    assert page.evaluate("navigator.clipboard.readText()") == CODE[2].rstrip("\n")

    # Every vote is there once, in its words.
    for number, decisions in VOTES.items():
        votes = page.get_by_role("list", name=f"Votes of iteration {number}").locator(".vote").all()
        told = [(vote.locator("h3").inner_text(), vote.locator(".badge").inner_text(), vote.locator("p").inner_text())
                for vote in votes]
        marks = {YES: "✓ For", NO: "✕ Against"}
        assert told == [(seat, marks[decision], f"{decision.lower()} on {number}: {ATTACK}")
                        for seat, decision in zip(NAMES, decisions)]
    assert page.locator("main img, main script").count() == 0 and page.locator("script").count() == 1

    # What was said on the way, in spite of the cut: each step once.
    seen = page.evaluate("seen")
    # The badge may skip what the page catches up with at once after the cut; the news below may not.
    assert in_order(["coding", "reviewing", "connection lost", "reviewing", "coding", "reviewing", "approved"],
                    seen["badges"]), seen["badges"]
    steps_told = [text for text in seen["news"] if "connection" not in text]
    assert steps_told == [line for number in (1, 2, 3) for line in (
        f"Iteration {number}: coding", f"Code of iteration {number} is there", f"Iteration {number}: reviewing",
        *(f"{seat} votes {decision.lower()}" for seat, decision in zip(NAMES, VOTES[number])),
        f"Iteration {number} is {'approved' if number == 3 else 'rejected'}")] + ["It is completed"]
    reads = [line for line in gateway.access_log() if line.get("path") == f"/v1/results/{task}"]
    assert [line["outcome"] for line in reads] == ["client_disconnected", "completed"]

    # What changed.
    page.get_by_role("group", name="View of iteration 2").get_by_role("button", name="Changes").click()
    changes = page.get_by_role("region", name="Changes since iteration 1: 4 lines added, 2 removed")
    assert changes.locator(".removed > span").first.inner_text() == CODE[0].split("\n")[0]
    browser.look(page, f"live-done-{name}")


def test_code_that_is_never_approved_says_so(browser, watch):
    page, _, _, _ = watch(NEVER)
    page.wait_for_selector("#verdict", timeout=20_000)
    assert standing(page) == "not approved" and "Not approved after 2 iterations." in page.locator(".verdict").inner_text()
    assert page.get_by_role("region", name="Final code").inner_text() == CODE[1].rstrip("\n")
    browser.look(page, "live-rejected")


def test_a_network_that_stays_away_is_borne(browser, watch):
    page, proxy, _, _ = watch(TWICE)
    page.wait_for_selector("text=The coder writes")
    proxy.refuses = True
    proxy.cut()
    page.wait_for_selector(f"text={LOST}")
    browser_complaints = page.complaints
    page.wait_for_selector("text=Next try in")
    page.wait_for_timeout(1_500)  # the work goes on meanwhile, unseen
    assert standing(page) in ("connection lost", "connecting")
    proxy.refuses = False
    page.wait_for_selector("#verdict", timeout=20_000)
    assert page.locator(".vote").count() == 9
    assert all("ERR_" in text for text in browser_complaints), browser_complaints


def test_work_is_cancelled_from_its_page(browser, watch):
    page, _, gateway, task = watch(TWICE)
    page.evaluate("key => sessionStorage.setItem('sluice-key', key)", KEY)
    page.wait_for_selector(".vote:not(.waiting)")
    page.get_by_role("button", name="Cancel").click()
    page.wait_for_selector(".notice >> text=The task was cancelled")
    assert standing(page) == "cancelled" and Tasks(gateway).status(task)["status"] == "cancelled"
    assert page.get_by_role("region", name="Code of iteration 1").inner_text() == CODE[0].rstrip("\n")
    assert page.complaints == []

"""The page of a task, as a browser shows it: live, through lost connections, to each of its ends."""

import time

import pytest

from browser import DESKTOP, PHONE, tabbing
from harness import until
from task_server import CODES, THIRD, VOTES, TaskServer, magi_events

ATTACK = """</code></pre></script><img src=x onerror="alert('run')"><script>alert('run')</script>"""
LOST = "The connection is lost"


@pytest.fixture(scope="module")
def tasks(shared_gateway):
    server = TaskServer(shared_gateway.address())
    yield server
    server.stop()


def news(page):
    return page.locator("#news").inner_text()


def steps(page):
    """The steps of each iteration, in the words that are seen."""
    return [[word for word in lap.inner_text().split("\n") if word != "done"] for lap in page.locator(".lap").all()]


def standing(page):
    return page.locator(".head .badge").inner_text()


def test_a_task_is_watched_from_its_start_to_its_end(browser, tasks):
    task = tasks.add(magi_events(), allowed=0)
    page = browser.open(tasks.page(task))
    page.wait_for_selector("text=waiting")
    assert page.get_by_role("button", name="Cancel").is_visible()
    task.allow(1)
    page.wait_for_selector("text=The coder writes")
    assert standing(page) == "coding" and "Iteration 1 of 3" in page.locator(".facts").inner_text()
    task.allow(5)
    page.wait_for_selector(".vote >> nth=1")
    assert page.locator("pre").inner_text() == CODES[0]
    assert [vote.inner_text().replace("\n\n", "\n").split("\n") for vote in page.locator(".vote").all()] == [
        ["melchior", "✕ Against", VOTES[0][0][2]], ["balthasar", "✕ Against", VOTES[0][1][2]]]
    task.allow(7)
    page.wait_for_selector(".round .badge >> text=rejected")
    assert steps(page)[0] == ["Iteration 1", "Code", "Reviews (3)", "✕ Rejected"] and len(steps(page)) == 3
    task.allow(10)
    page.wait_for_selector("text=melchior >> nth=1")
    task.allow()
    page.wait_for_selector("#verdict")
    assert page.locator(".verdict").inner_text().startswith("Approved") and standing(page) == "approved"
    assert page.get_by_role("region", name="Final code").inner_text() == THIRD
    assert [lap[-1] for lap in steps(page)] == ["✕ Rejected", "✕ Rejected", "✓ Approved"]
    assert page.locator(".round h2").all_inner_texts() == ["Iteration 3", "Iteration 2", "Iteration 1"]
    assert "– Abstained" in page.locator(".round").first.inner_text() and news(page) == "It is completed"
    assert page.get_by_role("button", name="Cancel").is_hidden() and "Model magi" in page.locator(".facts").inner_text()
    page.wait_for_selector("text=Took 1 min 11 s")
    assert task.resumed_after == [None] and page.complaints == []


def test_an_answer_that_is_no_code_is_read_as_it_comes(browser, tasks):
    task = tasks.add([("text", {"text": word}) for word in ("Once ", "upon ", "a time.")]
                     + [("completed", {"choices": [{"message": {"content": "Once upon a time."}}]})], allowed=2)
    page = browser.open(tasks.page(task))
    page.wait_for_selector("text=Once upon")
    assert standing(page) == "writing"
    task.allow()
    page.wait_for_selector("#verdict")
    assert page.locator("main").inner_text().count("Once upon a time.") == 1 and standing(page) == "completed"


def test_a_task_that_is_begun_anew_is_shown_from_there(browser, tasks):
    first = [("stage", {"stage": "coding", "iteration": n, "max_iterations": 3, "model": "coder"}) for n in (1, 2)]
    code = ("code", {"iteration": 1, "model": "coder", "language": "python", "code": "void = True", "truncated": False})
    restart = ("stage", {"stage": "restarted", "run": 2})
    task = tasks.add([first[0], code, first[1], restart] + magi_events(), allowed=3)
    page = browser.open(tasks.page(task))
    page.wait_for_selector("text=void = True")
    task.allow(4)
    page.wait_for_selector("text=void = True", state="detached")
    assert standing(page) == "restarted" and "anew" in news(page) and page.locator(".round").count() == 0
    task.allow()
    page.wait_for_selector("#verdict")
    assert page.locator(".round h2").all_inner_texts() == ["Iteration 3", "Iteration 2", "Iteration 1"]
    assert "void" not in page.locator("main").inner_text()


def test_text_that_is_begun_anew_is_shown_from_there(browser, tasks):
    task = tasks.add([("text", {"text": "Once upon a time"}), ("stage", {"stage": "restarted", "run": 2}),
                      ("text", {"text": "Twice"}), ("text", {"text": " upon"})], allowed=1)
    page = browser.open(tasks.page(task))
    page.wait_for_selector("text=Once upon")
    task.allow(3)
    page.wait_for_selector("text=Twice")
    task.allow()
    page.wait_for_selector("text=Twice upon")
    assert "Once" not in page.locator("main").inner_text()
    task.end("completed", {"content": "Twice upon"})


def test_code_is_coloured_and_stays_what_it_is(browser, tasks):
    page = browser.open(tasks.page(tasks.add(magi_events())))
    page.wait_for_selector("#verdict")
    code = page.get_by_role("region", name="Final code")
    words = {kind: code.locator(f".t-{kind}").all_inner_texts() for kind in ("keyword", "string", "name")}
    assert words["keyword"] == ["from", "import", "def", "if", "not", "return", "None", "return"]
    assert words["string"] == ['"""The mean of a list; None for an empty one."""']
    assert words["name"] == ["mean", "fsum", "len"] and code.inner_text() == THIRD


def test_changes_are_shown_between_iterations(browser, tasks):
    page = browser.open(tasks.page(tasks.add(magi_events())))
    page.get_by_role("group", name="View of iteration 2").get_by_role("button", name="Changes").click()
    shown = page.get_by_role("region", name="Changes since iteration 1: 3 lines added, 1 removed")
    lines = {kind: [line.inner_text() for line in shown.locator(f".{kind} > span").all()] for kind in ("added", "removed")}
    assert lines["removed"] == ['    """The mean of a list."""']
    assert lines["added"] == ['    """The mean of a list; None for an empty one."""', "    if not values:", "        return None"]
    assert page.get_by_role("group", name="View of iteration 1").is_hidden()


def test_a_chosen_view_stays_while_votes_come(browser, tasks):
    task = tasks.add(magi_events(), allowed=10)
    page = browser.open(tasks.page(task))
    choice = page.get_by_role("group", name="View of iteration 2").get_by_role("button", name="Changes")
    choice.click()
    task.allow(12)
    page.wait_for_selector(".round >> nth=0 >> text=math.fsum")
    assert choice.get_attribute("aria-pressed") == "true" and page.locator(".diff").count() == 1


def test_lost_connections_are_resumed_without_a_gap(browser, tasks):
    task = tasks.add(magi_events(), cuts=[2, 9, 20])
    page = browser.open(tasks.page(task))
    page.wait_for_selector("#verdict", timeout=15_000)
    assert task.resumed_after == [None, "1", "8", "19"]
    assert page.locator(".vote").count() == 9 and page.locator(".round").count() == 3
    assert page.get_by_role("region", name="Final code").inner_text() == THIRD
    assert page.locator("text=" + LOST).count() == 0


def test_a_connection_that_stays_lost_is_told_and_tried_by_hand(browser, tasks):
    task = tasks.add(magi_events(), allowed=9, cuts=[8], refuses=True)
    page = browser.open(tasks.page(task))
    page.wait_for_selector(f"text={LOST}")
    assert "Nothing is lost" in page.locator(".notice").inner_text()
    until(lambda: standing(page) in ("connection lost", "connecting"), what="the badge to tell it")
    assert page.locator(".vote").count() >= 3, "what was there stays"
    task.refuses = False
    task.allow()
    page.get_by_role("button", name="Try now").click()
    page.wait_for_selector("#verdict")
    until(lambda: page.locator("text=" + LOST).count() == 0, what="the notice to go")


def test_a_task_is_cancelled(browser, tasks):
    task = tasks.add(magi_events(), allowed=4)
    page = browser.open(tasks.page(task))
    page.get_by_role("button", name="Cancel").click()
    page.wait_for_selector(".notice >> text=The task was cancelled.")
    assert standing(page) == "cancelled" and page.get_by_role("button", name="Cancel").is_hidden()
    assert page.locator("pre").inner_text() == CODES[0], "what was made until then is still there"


@pytest.mark.parametrize("events, badge, words", [
    (magi_events()[:4] + [("error", {"message": "The coder failed.", "code": "upstream_connect"})], "failed", "The coder failed."),
    ([("error", {"error": {"message": "Nested.", "type": "server_error", "code": None}})], "failed", "Nested."),
    (magi_events(CODES, [VOTES[0]] * 3), "not approved", "Not approved after 3 iterations."),
    ([("completed", {"approved": False, "iterations": 1, "feedbacks": [], "final_code": "x", "stopped": "time_budget"})],
     "not approved", "The time was used up."),
    ([("completed", {"content": "No code, a text."})], "completed", "No code, a text."),
    ([("text", {"text": "No "}), ("completed", {"choices": [{"message": {"content": "No code, a chat."}}]})],
     "completed", "No code, a chat."),
    ([("stage", None), ("code", []), ("unknown", {}), ("review", {"reviewer": 7}), ("completed", {"final_code": ""})],
     "completed", "Completed"),
], ids=["failed", "failed otherwise", "not approved", "out of time", "text", "chat", "odd"])
def test_each_end_is_told_as_it_is(browser, tasks, events, badge, words):
    page = browser.open(tasks.page(tasks.add(events)))
    page.wait_for_selector(".verdict h2, .notice")
    assert standing(page) == badge and words in page.locator("main").inner_text()
    assert page.complaints == []


def test_a_key_is_asked_for_and_stays_in_the_tab(browser, tasks):
    page = browser.open(tasks.page(tasks.add(magi_events(), key="sk-the-key")))
    page.get_by_role("textbox", name="Key").fill("sk-the-key")
    page.get_by_role("button", name="Show").click()
    page.wait_for_selector("#verdict")
    assert page.evaluate("JSON.stringify(localStorage) + document.cookie + location.href").count("sk-the-key") == 0


def test_a_task_that_is_not_there_is_told(browser, tasks):
    page = browser.open(f"{tasks.url}/results/00000000-0000-4000-8000-000000000000")
    page.wait_for_selector("text=There is no such task")
    assert page.get_by_role("button", name="Cancel").is_hidden()


def test_what_models_say_is_never_run(browser, tasks):
    votes = [[(ATTACK, "NEGATIVE", ATTACK), ("b", ATTACK, ATTACK)], [(ATTACK, "NEGATIVE", ATTACK)]]
    events = magi_events([ATTACK, ATTACK + "\n" + ATTACK], votes, language=ATTACK)
    events.insert(0, ("stage", {"stage": ATTACK, "iteration": 1, "max_iterations": ATTACK}))
    for end in (events, events[:-1] + [("error", {"message": ATTACK, "code": ATTACK})]):
        page = browser.open(tasks.page(tasks.add(end)))
        page.wait_for_selector(".verdict h2, .notice")
        for button in page.get_by_role("button", name="Changes").all():
            if button.is_visible():
                button.click()
        assert page.locator("main img, main script").count() == 0 and page.locator("script").count() == 1
        assert ATTACK in page.locator(".vote p").first.inner_text() and page.complaints == []
        browser.look(page, "attack")


def test_markup_cannot_be_made_of_texts_by_any_script(browser, tasks):
    page = browser.open(tasks.page(tasks.add(magi_events())))
    with pytest.raises(Exception, match="TrustedHTML"):
        page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=alert(1)>')")


def test_code_is_copied_and_saved(browser, tasks):
    page = browser.open(tasks.page(tasks.add(magi_events())), permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy the code").click()
    page.wait_for_selector("text=Copied")
    assert page.evaluate("navigator.clipboard.readText()") == THIRD
    with page.expect_download() as saved:
        page.get_by_role("button", name="Download").click()
    assert saved.value.suggested_filename == "result.py"
    assert open(saved.value.path(), encoding="utf-8").read() == THIRD


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("state", ["done", "reviewing", "lost"])
def test_the_page_is_for_everybody(browser, tasks, state, size):
    task = tasks.add(magi_events(), allowed={"done": None, "reviewing": 12, "lost": 10}[state],
                     cuts=[9] * 9 if state == "lost" else [])
    page = browser.open(tasks.page(task), size=size)
    page.wait_for_selector({"done": "#verdict", "reviewing": ".vote >> nth=5", "lost": f"text={LOST}"}[state])
    if state == "done":
        page.get_by_role("button", name="Changes").first.click()
    browser.look(page, f"result-{state}-{'phone' if size == PHONE else 'desktop'}")


def test_the_keyboard_leads_everywhere(browser, tasks):
    page = browser.open(tasks.page(tasks.add(magi_events())))
    page.wait_for_selector("#verdict")
    seen = tabbing(page, 14)
    assert all(is_seen for _, is_seen in seen), seen
    assert {"Copy the code", "Download", "Final code", "Changes"} <= {text for text, _ in seen}


def test_many_events_are_shown_soon(browser, tasks):
    code = "\n".join(f"value_{n} = compute({n})  # line {n}" for n in range(3_000))
    reviews = [[(f"reviewer-{n}", "NEGATIVE", "reason " * 40) for n in range(40)]] * 3
    page = browser.open(tasks.page(tasks.add(magi_events([code] * 3, reviews))))
    began = time.monotonic()
    page.wait_for_selector("#verdict", timeout=10_000)
    assert page.locator(".vote").count() == 120 and time.monotonic() - began < 10

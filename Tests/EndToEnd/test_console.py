"""The console, as operators and people who try models see it in a browser."""

import hashlib
import json

import pytest

from browser import DESKTOP, PHONE, tabbing
from configuration import KEY, echo, model
from harness import until
from tasks import Tasks
from test_result_page import ATTACK
from wire import Wire, chat_body, post

ADMIN = "sk-admin-5d1c8e-tail"
LISTENERS = [{"name": "public", "address": "127.0.0.1:0"},
             {"name": "all", "address": "127.0.0.1:0", "serves": ["api", "metrics", "health", "admin"]}]
PRICE = {"input_per_million_usd": 1_000, "output_per_million_usd": 10_000}
# What a client may call its request; long enough to find it again.
ATTACK_ID = "<img/src=x/onerror=alert('run')>"
POLICIES = [{"kind": "rate_limit", "name": "minute", "per": "global", "requests": 10_000},
            {"kind": "guard", "name": "watch", "mode": "shadow", "on": ["request"], "deny": [{"pattern": "zebra"}]},
            {"kind": "guard", "name": "later", "mode": "shadow", "on": ["request"], "redact": [{"pattern": "three"}]}]


@pytest.fixture(scope="module")
def served(gateway_with):
    admin = {"keys": [{"id": "root", "sha256": hashlib.sha256(ADMIN.encode()).hexdigest()}]}
    gateway = gateway_with(root={"listeners": LISTENERS, "admin": admin}, policies=POLICIES,
                           models=[model("priced", "echo") | {"price": PRICE}])
    with Wire(gateway.address()) as wire:
        for text in ("one two", "a zebra", "three"):
            assert wire.exchange(post(chat_body("echo", text))).status == 200
        assert wire.exchange(post(chat_body("nowhere"))).status == 502
        assert wire.exchange(post(chat_body("priced", "four five six"))).status == 200
    yield gateway
    gateway.assert_healthy()


def opened(browser, gateway, view="", listener="all", key=ADMIN, **options):
    page = browser.open(f"{gateway.urls[listener]}/ui#{view}", **options)
    page.wait_for_selector("[role=tab]")
    if key:
        page.get_by_role("textbox", name="Operator's key").fill(key)
        # The answer without a key was a 401, which the console of a browser tells.
        page.complaints.clear()
        page.get_by_role("button", name="Use it").click()
        page.wait_for_selector("#gate", state="hidden")
    return page


def operators_read(gateway, path):
    """An answer of the operators' surface."""
    return json.loads(gateway.get(path, "all", {"authorization": f"Bearer {ADMIN}"}))


def rows(page, name):
    """A table as dictionaries."""
    table = page.get_by_role("table", name=name)
    table.wait_for()
    names = table.locator("thead th").all_inner_texts()
    return [dict(zip(names, row.locator("th, td").all_inner_texts())) for row in table.locator("tbody tr").all()]


def test_figures_are_drawn_as_they_come(browser, served):
    page = opened(browser, served)
    page.wait_for_selector(".tile")
    tiles = dict(text.split("\n") for text in page.locator(".tile").all_inner_texts())
    assert int(tiles["Requests"]) >= 4 and tiles["Failed"].startswith("1 (")
    page.wait_for_selector(".plot-dot, .plot-line")
    plots = page.locator(".plot:not([hidden]) svg").evaluate_all("all => all.map((plot) => plot.getAttribute('aria-label'))")
    assert [plot.split(":")[0] for plot in plots] == [
        "Requests per second", "Failures per second, by cause", "Time to first token", "Tokens per second", "Under way",
        "Answered from the cache", "Cost per hour", "Load"]
    assert tiles["Cost"].startswith("$ 0.0") and tiles["Cost"] != "$ 0.00"
    assert page.locator("#standing").inner_text() == "live" and page.complaints == []


def test_the_history_replaces_what_is_older_than_the_page(browser, served):
    steps = [{"at": 1_000 + 10 * n, "seconds": 10, "requests": 20 * n, "errors": {"client": 0, "gateway": 0, "upstream": n},
              "first_event_p50_ms": None if n < 3 else 250, "first_event_p95_ms": None if n < 3 else 900, "tokens_in": 0,
              "tokens_out": 100, "tokens_per_second": 10, "cost_usd": 0.01, "cache_requests": 10, "cache_hits": n, "in_flight": 3,
              "calls_in_flight": 2, "cpu_seconds": 1} for n in range(6)]
    page = browser.open("about:blank")
    page.route("**/admin/history", lambda route: route.fulfill(json={
        "object": "history", "now": 1_060, "step_seconds": 10, "data": steps}))
    page.route("**/metrics", lambda route: route.fulfill(status=503))
    page.goto(f"{served.urls['all']}/ui")
    page.get_by_role("textbox", name="Operator's key").fill(ADMIN)
    page.get_by_role("button", name="Use it").click()
    page.wait_for_selector(".plot-line")
    shown = page.locator(".plot:not([hidden]) svg").evaluate_all("all => all.map((plot) => plot.getAttribute('aria-label'))")
    assert shown == [
        "Requests per second: all 10, failed 0.5", "Failures per second, by cause: upstream 0.5, gateway 0, client 0",
        "Time to first token: median 250 ms, 95 % 900 ms", "Tokens per second: out 10, in 0",
        "Under way: requests 3, calls 2", "Answered from the cache: share 50 %", "Load: cores 0.1"]
    assert page.locator(".plot:not([hidden]) .plot-label", has_text="50 s ago").count() == 7
    page.unroute_all(behavior="ignoreErrors")


# What is under way

def test_requests_under_way_are_seen_and_ended(browser, served, provider, label):
    page = opened(browser, served, "requests")
    page.wait_for_selector("text=No client's request is under way.")
    with Wire(served.address()) as kept, Wire(served.address()) as ended:
        for wire, name in ((kept, "kept"), (ended, ATTACK_ID)):
            wire.send(post(chat_body("fake", stream=True, x_provider={"id": f"{label}-{name[:4]}", "stall_after": 2}),
                           headers=(f"x-request-id: {name}",)))
            wire.head(), wire.chunk()
        table = page.get_by_role("table", name="Requests under way")
        table.get_by_role("row").nth(2).wait_for()
        row = rows(page, "Requests under way")[0]
        assert "fake" in row["Model"] and "openai" in row["Model"] and "tess" in row["From"] and "qa" in row["From"]
        assert "responding" in row["Phase"] and "stream" in row["Phase"]
        button = page.get_by_role("button", name=f"Cancel the request {ATTACK_ID}")
        button.focus()
        page.wait_for_timeout(2_500)  # the table is brought up to date meanwhile, and leaves the focus where it is
        assert button.evaluate("button => button === document.activeElement")
        button.click()
        browser.look(page, "console-cancel")
        page.get_by_role("button", name="Keep it").click()
        assert page.get_by_role("dialog").count() == 0 and page.get_by_role("row").count() == 3
        button.click()
        page.get_by_role("button", name="Cancel the request", exact=True).click()
        page.wait_for_selector("text=Cancelled")
        until(lambda: page.get_by_role("row").count() == 2, what="the row to go")
        assert page.locator("[role=status]", has_text="1 under way").count() == 1
        provider.call(f"{label}-{ATTACK_ID[:4]}", "left")
        assert provider.call(f"{label}-kept")["state"] == "sending"
    page.wait_for_selector("text=No client's request is under way.")
    assert page.locator("main img").count() == 0 and page.complaints == []


def test_tasks_are_seen_and_cancelled(browser, served):
    tasks = Tasks(served)
    done = tasks.submit("echo", "one two")
    tasks.wait(done, "completed")
    endless = tasks.submit("echo-slow", "word " * 2_000)
    page = opened(browser, served, "tasks")
    page.get_by_role("link", name=done).wait_for()
    shown = {row["Task"]: row for row in rows(page, "Tasks")}
    found = {task: shown[task[:8]] for task in (done, endless)}
    assert found[done]["Status"] == "completed" and found[done]["Model"] == "echo" and "tess" in found[done]["From"]
    assert found[endless]["Status"] in ("queued", "running")
    browser.look(page, "console-tasks-running")
    page.get_by_role("button", name=f"Cancel the task {endless}").click()
    page.get_by_role("button", name="Cancel the task", exact=True).click()
    page.locator("tr", has_text=endless[:8]).locator(".badge", has_text="cancelled").wait_for()
    assert tasks.status(endless)["status"] == "cancelled"
    assert page.get_by_role("button", name="Cancel the task").count() == 0
    page.evaluate(f"sessionStorage.setItem('sluice-key', '{KEY}')")
    page.get_by_role("link", name=done).click()
    page.wait_for_selector("#verdict")
    assert page.complaints == []


def test_upstreams_tell_how_they_are(browser, served):
    row = {row["Upstream"]: row for row in rows(opened(browser, served, "upstreams"), "Upstreams")}["nowhere"]
    assert row["Failed"] == "1" and row["Breaker"] in ("closed", "off") and row["Why calls failed"] == "connect 1"


def test_policies_tell_what_they_did_and_would_have_done(browser, served):
    policies = {row["Policy"]: row for row in rows(opened(browser, served, "policies"), "Policies")}
    assert policies["minute"]["Mode"] == "enforce" and int(policies["minute"]["Passed"]) >= 4
    assert policies["watch"]["Mode"] == "shadow" and policies["watch"]["Refused"] == "would: 1"
    assert policies["later"]["Mode"] == "shadow" and policies["later"]["Changed"].startswith("would: ")


def test_usage_is_saved_as_csv(browser, served):
    page = opened(browser, served, "usage")
    model = {row["Model"]: row for row in rows(page, "Requests by model")}["echo"]
    assert int(model["Requests"]) >= 3
    with page.expect_download() as saved:
        page.locator(".row", has_text="By model").get_by_role("button", name="Save as CSV").click()
    lines = open(saved.value.path(), encoding="utf-8", newline="").read().split("\r\n")
    assert lines[0].startswith("Model,Dialect,Requests,Failed,") and any(line.startswith("echo,openai,") for line in lines)


def test_usage_is_told_as_the_gateway_has_counted_it(browser, served):
    page = opened(browser, served, "usage")
    found = {row["Model"]: row for row in rows(page, "Usage") if row["User"] == "tess"}
    assert int(found["echo"]["Requests"]) >= 3 and found["echo"]["Cost in $"] == "0.00"
    assert found["priced"]["Tokens out"] == "3" and 0 < float(found["priced"]["Cost in $"]) < 1
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save every row as CSV").click()
    lines = open(saved.value.path(), encoding="utf-8", newline="").read().split("\r\n")
    assert lines[0].startswith("user,team,key,model,requests,") and any(line.startswith("tess,qa,tester,priced,1,") for line in lines)
    assert page.complaints == []


def test_usage_is_added_up_by_who_and_what(browser, served):
    def used(user, team, model, requests, cost):
        return {"user": user, "team": team, "key": None, "model": model, "requests": requests, "errors": 1,
                "prompt_tokens": 10 * requests, "completion_tokens": 5 * requests, "cached_tokens": 0, "cost_usd": cost}

    data = [used("tess", "qa", "a", 3, 0.5), used("tess", "qa", "b", 2, 0.25), used("<b>sam", None, "a", 1, 0.0)]
    page = browser.open("about:blank")
    about = json.loads(served.get("/", "all", {"accept": "application/json"}))
    about["endpoints"] = sorted({*about["endpoints"], "/admin/usage"})
    page.route(f"{served.urls['all']}/", lambda route: route.fulfill(json=about))
    page.route("**/admin/usage?format=json", lambda route: route.fulfill(json={"object": "usage", "since": 1, "data": data}))
    page.route("**/admin/usage?format=csv", lambda route: route.fulfill(body="user,team\r\n", content_type="text/csv"))
    page.goto(f"{served.urls['all']}/ui#usage")
    page.get_by_role("textbox", name="Operator's key").fill(ADMIN)
    page.complaints.clear()
    page.get_by_role("button", name="Use it").click()
    assert [(row["User"], row["Model"], row["Requests"], row["Cost in $"]) for row in rows(page, "Usage")] == [
        ("tess", "a", "3", "0.5"), ("tess", "b", "2", "0.25"), ("<b>sam", "a", "1", "0.00")]
    sums = page.get_by_role("table", name="Usage").locator("tfoot th, tfoot td").all_inner_texts()
    assert sums == ["All", "", "6", "3", "60", "0", "30", "0.75"]
    page.get_by_label("User", exact=True).uncheck()
    assert [(row["Model"], row["Requests"]) for row in rows(page, "Usage")] == [("a", "4"), ("b", "2")]
    page.get_by_label("Model", exact=True).uncheck()
    page.get_by_label("Team", exact=True).check()
    assert [(row["Team"], row["Requests"]) for row in rows(page, "Usage")] == [("qa", "5"), ("–", "1")]
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save as CSV").first.click()
    lines = open(saved.value.path(), encoding="utf-8", newline="").read().split("\r\n")
    assert lines[0].startswith("Team,Requests,Failed,") and lines[1].startswith("qa,5,2,50,0,25,0.75")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save every row as CSV").click()
    assert open(saved.value.path(), encoding="utf-8", newline="").read() == "user,team\r\n"
    page.get_by_label("Team", exact=True).uncheck()
    assert [row["Requests"] for row in rows(page, "Usage")] == ["6"]
    browser.look(page, "console-usage-callers")


def test_a_spreadsheet_gets_no_formulas(browser, served):
    page = opened(browser, served, "usage")
    script = page.evaluate("document.querySelector('script[type=module]').src.replace('console.js', 'table.js')")
    made = page.evaluate("""async (url) => (await import(url)).csv(
      [{ name: "a", of: (row) => row }], ["=1+1", "@x", 'say "no"', "a,b", -3])""", script)
    assert made == 'a\r\n\'=1+1\r\n\'@x\r\n"say ""no"""\r\n"a,b"\r\n-3\r\n'


def test_the_configuration_is_shown_without_secrets_and_read_anew(browser, served):
    page = opened(browser, served, "configuration")
    shown = page.get_by_role("region", name="Effective configuration").inner_text()
    assert json.loads(shown)["models"] and hashlib.sha256(ADMIN.encode()).hexdigest() not in shown
    page.get_by_role("button", name="Read the file anew").click()
    page.wait_for_selector("text=Reloaded")
    good = served.file.read_text()
    served.file.write_text(good.replace('"workers": 1', '"workers": "many"'))
    page.get_by_role("button", name="Read the file anew").click()
    page.wait_for_selector(".notice li >> text=workers")
    served.file.write_text(good.replace('"workers": 1', '"workers": 2'))
    page.get_by_role("button", name="Read the file anew").click()
    page.locator("code", has_text='"workers": 2').wait_for()
    told = page.locator(".notice li").all_inner_texts()
    assert told == ["workers changed: this takes effect at the next start only"], "beside what it is about"
    served.file.write_text(good)
    page.get_by_role("button", name="Read the file anew").click()
    page.wait_for_selector(".notice li", state="detached")


@pytest.mark.parametrize("key, words", [("sk-wrong-0000-tail", "Incorrect API key"), (KEY, "not for the operators' surface")])
def test_operators_views_need_an_operators_key(browser, served, key, words):
    page = browser.open(served.urls["all"] + "/ui#configuration")
    page.get_by_role("textbox", name="Operator's key").fill(key)
    page.get_by_role("button", name="Use it").click()
    page.wait_for_selector(f"text={words}")
    assert page.get_by_role("region", name="Effective configuration").count() == 0


def test_a_listener_of_clients_has_the_playground_alone(browser, served):
    page = opened(browser, served, listener="public", key=None)
    assert page.get_by_role("tab").all_inner_texts() == ["Playground"]


def test_without_operators_keys_the_machine_itself_may_look(browser, start):
    operators = {"name": "operators", "address": "127.0.0.1:0", "serves": ["metrics", "health", "admin"]}
    gateway = start(root={"listeners": [LISTENERS[0], operators]})
    page = opened(browser, gateway, "configuration", "operators", key=None)
    page.wait_for_selector("text=Effective configuration")
    page.get_by_role("button", name="Read the file anew").click()
    page.wait_for_selector("text=Reloaded")
    assert "Playground" not in page.get_by_role("tab").all_inner_texts() and page.complaints == []


# The playground

def playing(browser, gateway, **options):
    page = opened(browser, gateway, "playground", "public", key=None, **options)
    # The settings open by themselves where the models cannot be listed.
    page.get_by_label("Key", exact=True).fill(KEY)
    page.get_by_label("Key", exact=True).blur()
    page.wait_for_selector("#play-model-0-names option", state="attached")
    page.complaints.clear()
    return page


def say(page, text):
    page.get_by_label("Message").fill(text)
    page.get_by_role("button", name="Send").click()


def test_two_models_are_compared(browser, served):
    page = playing(browser, served)
    page.get_by_label("Compare two side by side").check()
    page.get_by_label("Model 1", exact=True).fill("echo")
    page.get_by_label("Model 2", exact=True).fill("echo-slow")
    page.get_by_label("System prompt").fill("Be brief.")
    say(page, "one two three")
    page.wait_for_selector("text=tokens/s")
    for seat in page.get_by_role("region", name="Side").all():
        seat.locator(".timing", has_text="whole").wait_for()
        assert seat.locator(".said .text").all_inner_texts() == ["one two three", "one two three"]
        seat.locator("summary", has_text="Events").click()
        assert seat.locator(".log li").last.inner_text().endswith("[DONE]")
        assert all(row.split(" ")[0].isdigit() for row in seat.locator(".log li").all_inner_texts())
        seat.locator("summary", has_text="curl").click()
        command = seat.get_by_role("region", name="The same with curl").inner_text()
        assert "Be brief." in command and "$KEY" in command and KEY not in command
    say(page, "and four")
    page.locator(".said .timing", has_text="whole").nth(3).wait_for()
    page.locator("summary", has_text="curl").first.click()
    assert '"one two three"' in page.get_by_role("region", name="The same with curl").first.inner_text(), "the chat goes on"
    assert page.complaints == []


TOOLS = [{"type": "function", "function": {"name": "get_weather"}}]


def test_calls_of_tools_are_shown(browser, served):
    page = playing(browser, served)
    page.get_by_label("Model 1").fill("echo")
    page.get_by_label("Tools that a model may call, as JSON").fill("[{")
    say(page, "hello")
    page.wait_for_selector(".fault >> text=The tools are no JSON")
    page.get_by_label("Tools that a model may call, as JSON").fill(json.dumps(TOOLS))
    for way in ("stream", "whole"):
        page.get_by_label("As a stream").set_checked(way == "stream")
        say(page, f'call get_weather {{"city": "{way} {ATTACK.replace(chr(34), "")}"}}')
        tool = page.locator(".said").last.locator(".tool")
        tool.wait_for()
        assert tool.locator("strong").inner_text() == "get_weather"
        assert json.loads(tool.locator(".given").inner_text())["city"].startswith(way)
        page.locator(".said").last.locator(".timing", has_text="whole").wait_for()
    assert page.locator("main img").count() == 0 and page.complaints == []
    browser.look(page, "console-playground-tools")


def test_agents_are_talked_to_and_tell_of_their_tools(browser, gateway_with):
    script = [{"match": "16", "reply": "It is 16."}, {"match": "four", "reply": 'call calculate {"expression": "4*4"}'},
              {"match": "", "reply": "Yes?"}]
    gateway = gateway_with(
        upstreams={"thinker": echo(script=script)}, models=[model("thinker", "thinker")],
        root={"listeners": LISTENERS[:1], "dialects": {"agent": {}},
              "agents": {"sage": {"model": "thinker", "tools": ["calculate"]}}})
    page = playing(browser, gateway)
    names = page.locator("#play-model-0-names option").evaluate_all("all => all.map((option) => option.value)")
    assert "agent: sage" in names and "thinker" in names
    page.get_by_label("Model 1").fill("agent: sage")
    say(page, "four times four")
    page.locator(".said .timing", has_text="whole").wait_for()
    tool = page.locator(".tool")
    assert tool.locator("strong").inner_text() == "calculate" and "completed" in tool.locator(".badge").inner_text()
    assert json.loads(tool.locator(".given").inner_text()) == {"expression": "4*4"} and tool.locator(".told").inner_text() == "16"
    assert page.locator(".said").last.locator(".text").inner_text() == "It is 16."
    page.locator("summary", has_text="Events").click()
    kinds = [json.loads(text)["event_type"] for text in page.locator(".log .what").all_inner_texts()]
    assert kinds[0] == "tool_call_start" and kinds[-1] == "chat_complete"
    page.locator("summary", has_text="curl").click()
    assert "/chat/stream" in page.get_by_role("region", name="The same with curl").inner_text()
    browser.look(page, "console-playground-agent")
    page.get_by_label("As a stream").uncheck()
    say(page, "four again")
    page.locator(".said").last.locator(".timing", has_text="whole").wait_for()
    assert page.locator(".said").last.locator(".told").inner_text() == "16"
    page.get_by_label("Model 1").fill("agent: nobody")
    say(page, "hello")
    page.wait_for_selector(".fault >> text=There is no agent")


def test_whole_answers_errors_and_stops_are_told(browser, served):
    page = playing(browser, served)
    page.get_by_label("As a stream").uncheck()
    page.get_by_label("Model 1", exact=True).fill("echo")
    say(page, "all at once")
    page.wait_for_selector(".timing >> text=whole")
    assert page.locator(".said .text").last.inner_text() == "all at once"
    page.get_by_label("Model 1", exact=True).fill("no-such-model")
    say(page, "hello")
    page.wait_for_selector(".fault >> text=does not exist")
    page.get_by_label("As a stream").check()
    page.get_by_label("Model 1", exact=True).fill("echo-failing")
    say(page, "one two three four")
    page.locator(".fault >> nth=1").wait_for()
    page.get_by_label("Model 1", exact=True).fill("echo-slow")
    say(page, "word " * 300)
    page.wait_for_selector(".said:last-child .text >> text=word")
    page.get_by_role("button", name="Stop").click()
    page.wait_for_selector(".fault >> text=Stopped.")


def test_what_models_say_is_never_run(browser, served):
    page = playing(browser, served)
    page.get_by_label("Model 1").fill("echo")
    say(page, ATTACK)
    page.wait_for_selector(".timing >> text=whole")
    assert page.locator(".said .text").last.inner_text() == ATTACK and page.locator("main img").count() == 0
    assert page.complaints == []


# What holds for all

@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_console_is_for_everybody(browser, served, size):
    page = opened(browser, served, size=size)
    for name in ("Overview", "Requests", "Tasks", "Upstreams", "Usage", "Policies", "Configuration", "Playground"):
        page.get_by_role("tab", name=name).click()
        page.wait_for_selector({"Overview": ".plot", "Requests": ".empty", "Configuration": ".block",
                                "Playground": ".seat"}.get(name, "table"))
        if name == "Playground":
            page.complaints.clear()  # the models need a key
        browser.look(page, f"console-{name.lower()}-{'phone' if size == PHONE else 'desktop'}")


def test_tabs_are_reached_and_changed_by_keys(browser, served):
    page = opened(browser, served)
    page.get_by_role("tab", name="Overview").focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.textContent") == "Requests"
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.activeElement.textContent") == "Playground"
    assert all(is_seen for _, is_seen in tabbing(page, 5))


def test_the_last_hour_is_there_at_once(browser, served):
    history = operators_read(served, "/admin/history")
    # The tests above have taken longer than that, unless this one runs alone.
    until(lambda: len(operators_read(served, "/admin/history")["data"]) > 1, 25, "two steps of the history")
    assert history["step_seconds"] == 10
    page = opened(browser, served)
    page.wait_for_selector(".plot-dot, .plot-line")
    # Older than anything that this page can have sampled.
    ago = page.locator(".plot-label").filter(has_text="ago").first
    ago.wait_for()
    assert int(ago.text_content().split(" ")[0]) >= 8 and page.complaints == []

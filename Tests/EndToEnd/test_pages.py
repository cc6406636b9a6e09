"""The pages to try calls and to read, as a browser shows them."""

import http.client
import json
import os
import re
import subprocess

import pytest

from browser import DESKTOP, PHONE, tabbing
from configuration import KEY
from dialects import dialects
from harness import until

LISTENERS = [{"name": "public", "address": "127.0.0.1:0"},
             {"name": "operators", "address": "127.0.0.1:0", "serves": ["metrics", "health", "admin"]}]
POLICY = {"default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "base-uri 'none'",
          "frame-ancestors 'none'", "require-trusted-types-for 'script'"}


@pytest.fixture(scope="module")
def served(gateway_with):
    gateway = gateway_with(root={"listeners": LISTENERS, "dialects": dialects("echo")})
    yield gateway
    gateway.assert_healthy()


def fetch(gateway, path, method="GET", listener="public", **headers):
    connection = http.client.HTTPConnection(*gateway.address(listener), timeout=10)
    connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    answer.body = answer.read()
    connection.close()
    return answer


# What is served

PAGES = ["/docs", "/redoc", "/results/0b6cdd6e-9a7f-4c1e-8f0a-2b8f6f1d7c55", "/"]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_may_use_nothing_but_its_gateway(served, path):
    answer = fetch(served, path, accept="text/html")
    assert answer.status == 200 and answer.headers["content-type"] == "text/html; charset=utf-8"
    assert POLICY <= set(answer.headers["content-security-policy"].split("; "))
    assert answer.headers["x-content-type-options"] == "nosniff" and answer.headers["referrer-policy"] == "no-referrer"
    text = answer.body.decode()
    assert "{{" not in text and not re.search(r"https?://|<script>|<style| style=| on\w+=", text)
    assert answer.headers["cache-control"] == "no-cache"
    assert fetch(served, path, accept="text/html", if_none_match=answer.headers["etag"]).status == 304


def test_assets_are_kept_for_ever_under_a_name_of_their_version(served):
    names = set(re.findall(r'(?:src|href)="((?:\.\./)?assets/[^"]+)"', "".join(
        fetch(served, path, accept="text/html").body.decode() for path in PAGES)))
    assert len(names) > 8
    for name in names:
        answer = fetch(served, "/" + name.removeprefix("../"))
        assert answer.status == 200 and answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["x-content-type-options"] == "nosniff" and answer.headers["etag"]
        kind = {"js": "text/javascript", "css": "text/css", "svg": "image/svg+xml"}[name.rsplit(".", 1)[1]]
        assert answer.headers["content-type"].startswith(kind)
        again = fetch(served, "/" + name.removeprefix("../"), if_none_match=answer.headers["etag"])
        assert again.status == 304 and again.body == b""
    another = re.sub(r"assets/\w+", "assets/0123456789abcdef", next(iter(names)).removeprefix("../"))
    assert fetch(served, "/" + another).status == 404
    assert fetch(served, "/assets/").status == 404 and fetch(served, "/docs", "POST").status == 405


def test_pages_are_on_the_listeners_of_clients_and_of_operators(served):
    assert [fetch(served, "/docs", listener=name).status for name in ("public", "operators")] == [200, 200]
    assert fetch(served, "/docs", "HEAD").body == b""


def test_older_links_to_results_lead_there(served):
    task = "0b6cdd6e-9a7f-4c1e-8f0a-2b8f6f1d7c55"
    answer = fetch(served, f"/?id={task}", accept="text/html")
    assert answer.status == 303 and answer.headers["location"] == f"results/{task}"
    assert fetch(served, "/?id=%2F%2Felsewhere.example", accept="text/html").status == 200


# Try it

def opened(browser, gateway, operation="createChatCompletion", **options):
    page = browser.open(f"{gateway.urls['public']}/docs#{operation}", **options)
    page.wait_for_selector("form")
    return page


def sent(page):
    page.get_by_role("button", name="Send").click()
    page.wait_for_selector("text=whole after")
    return page.locator(".facts").inner_text()


def test_a_stream_is_tried_and_shown_as_it_comes(browser, served):
    page = opened(browser, served)
    page.get_by_label("Key", exact=True).fill(KEY)
    page.get_by_role("button", name="A stream").click()
    facts = sent(page)
    assert "200 OK" in facts and "first byte after" in facts and "events" in facts
    assert page.get_by_role("region", name="Text of the answer").inner_text() == "Tell me a story."
    rows = page.locator(".log li").all_inner_texts()
    assert rows[-1].endswith("[DONE]") and all(re.match(r"\d+ ms", row) for row in rows)
    page.locator("summary", has_text="Head (").click()
    assert "text/event-stream" in page.locator("dl.pairs").inner_text()
    assert page.complaints == []


def test_the_command_makes_the_same_call(browser, served):
    page = opened(browser, served)
    page.get_by_label("Key", exact=True).fill(KEY)
    page.get_by_label("Body").fill(json.dumps({"model": "echo", "messages": [{"role": "user", "content": "it's $HOME"}]}))
    command = page.get_by_role("region", name="The same with curl").inner_text()
    assert KEY not in command
    made = subprocess.run(["bash", "-c", command], env=os.environ | {"KEY": KEY}, capture_output=True, check=True)
    assert json.loads(made.stdout)["choices"][0]["message"]["content"] == "it's $HOME"
    sent(page)
    assert "it's $HOME" in page.get_by_role("region", name="Body").inner_text()


def test_the_key_stays_in_the_tab(browser, served):
    page = opened(browser, served)
    page.get_by_label("Key", exact=True).fill("sk-wrong-key-0000-last")
    assert "401" in sent(page)
    assert "Incorrect API key provided: sk-…last" in page.get_by_role("region", name="Body").inner_text()
    page.reload()
    assert page.get_by_label("Key", exact=True).input_value() == "sk-wrong-key-0000-last"
    stored = page.evaluate("[JSON.stringify(localStorage), document.cookie, location.href].join()")
    assert "sk-wrong" not in stored
    other = page.context.new_page()
    other.goto(page.url)
    assert other.get_by_label("Key", exact=True).input_value() == ""


def test_a_body_that_is_no_json_is_told_before_it_is_sent(browser, served):
    page = opened(browser, served)
    page.get_by_label("Body").fill('{"model": ')
    assert page.get_by_role("button", name="Send").is_disabled()
    assert "No JSON yet" in page.locator("#body-fault").inner_text()
    page.get_by_label("Body").fill("{}")
    assert page.get_by_role("button", name="Send").is_enabled()


def test_an_answer_can_be_stopped(browser, served):
    page = opened(browser, served)
    page.get_by_label("Key", exact=True).fill(KEY)
    words = "word " * 400
    page.get_by_label("Body").fill(json.dumps(
        {"model": "echo-slow", "stream": True, "messages": [{"role": "user", "content": words}]}))
    page.get_by_role("button", name="Send").click()
    page.wait_for_selector(".answer")
    page.get_by_role("button", name="Stop").click()
    page.wait_for_selector("text=Stopped by you")
    assert page.get_by_role("button", name="Send").is_visible()
    until(lambda: served.access_log()[-1]["outcome"] == "client_disconnected", what="the call to be cancelled")


def test_operators_try_theirs_on_their_own_listener(browser, served):
    page = browser.open(f"{served.urls['operators']}/docs#getConfiguration")
    page.wait_for_selector("form")
    assert "200 OK" in sent(page)
    assert '"listeners"' in page.get_by_role("region", name="Body").inner_text()


def test_a_program_elsewhere_may_not_use_the_operators_surface_by_a_browser(browser, served):
    page = browser.open(f"{served.urls['public']}/docs")
    statuses = page.evaluate("""async (url) => {
      try { return (await fetch(url, { mode: "no-cors" })).type; } catch (error) { return "refused"; }
    }""", f"{served.urls['operators']}/admin/config")
    assert statuses in ("refused", "opaque")
    assert served.access_log()[-1]["path"] != "/admin/config" or served.access_log()[-1]["status"] == 403


# The reference

def test_the_reference_has_every_operation_and_schema(browser, served):
    description = json.loads(served.get("/openapi.json", "public"))
    page = browser.open(served.urls["public"] + "/redoc")
    page.wait_for_selector("[data-entry]")
    shown = set(page.eval_on_selector_all("[data-entry]", "all => all.map((entry) => entry.id)"))
    named = {operation["operationId"] for item in description["paths"].values() for operation in item.values()}
    assert shown == named | {f"schema-{name}" for name in description["components"]["schemas"]}
    lost = page.evaluate("""() => [...document.querySelectorAll("a[href^='#']")]
      .filter((link) => !document.getElementById(link.getAttribute("href").slice(1))).map((link) => link.href)""")
    assert lost == [] and page.complaints == []


def test_the_reference_is_searched(browser, served):
    page = browser.open(served.urls["public"] + "/redoc")
    page.wait_for_selector("[data-entry]")
    page.keyboard.press("/")
    page.keyboard.type("quota_used")
    assert page.locator("#menu a").all_inner_texts() == ["ClientInfo"]
    page.locator("#menu a").click()
    assert page.evaluate("document.getElementById('schema-ClientInfo').getBoundingClientRect().top") < 300
    page.get_by_role("searchbox").fill("nothing has this name")
    assert "Nothing is called that." in page.locator("#menu").inner_text()


# What holds for all

@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("path", ["/", "/docs", "/redoc"])
def test_pages_are_for_everybody(browser, served, path, size):
    page = browser.open(served.urls["public"] + path, size=size)
    page.wait_for_selector({"/": ".tiles", "/docs": "form", "/redoc": "[data-entry]"}[path])
    if path == "/docs":
        page.get_by_label("Key", exact=True).fill(KEY)
        sent(page)
    browser.look(page, f"{path[1:] or 'start'}-{'phone' if size == PHONE else 'desktop'}")


@pytest.mark.parametrize("path", ["/", "/docs", "/redoc"])
def test_the_keyboard_leads_everywhere_and_its_place_is_seen(browser, served, path):
    page = browser.open(served.urls["public"] + path)
    page.wait_for_selector({"/": ".tiles", "/docs": "form", "/redoc": "[data-entry]"}[path])
    steps = tabbing(page, 8)
    assert steps[0][0] == "Skip to the content" and all(isSeen for _, isSeen in steps), steps


def test_the_menu_of_a_phone_opens_and_leads_on(browser, served):
    page = opened(browser, served, size=PHONE)
    menu = page.get_by_role("button", name="Operations")
    assert menu.get_attribute("aria-expanded") == "false" and not page.locator("#menu").is_visible()
    menu.click()
    page.locator("#menu a", has_text="List the models").click()
    assert page.get_by_role("heading", level=1).inner_text() == "List the models"
    assert not page.locator("#menu").is_visible()


def test_colours_can_be_chosen_and_stay(browser, served):
    page = browser.open(served.urls["public"] + "/")
    ground = lambda: page.evaluate("getComputedStyle(document.body).backgroundColor")
    light = ground()
    page.locator("#theme").click()
    page.locator("#theme").click()
    dark = ground()
    page.reload()
    assert light != dark and ground() == dark

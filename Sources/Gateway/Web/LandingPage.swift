/// What a browser is shown at `/`. Self-contained: no script, nothing from elsewhere.
enum LandingPage {
    static let html: StaticString = """
        <!doctype html>
        <html lang="en">
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Sluice</title>
        <style>
        :root { color-scheme: light dark; }
        body { font: 16px/1.6 system-ui, sans-serif; max-width: 42rem; margin: 12vh auto; padding: 0 1.5rem; }
        h1 { font-size: 2rem; margin-bottom: 0; }
        pre { padding: 1rem; overflow-x: auto; border: 1px solid color-mix(in srgb, currentColor 20%, transparent);
              border-radius: .5rem; }
        li { margin: .25rem 0; }
        </style>
        <h1>Sluice</h1>
        <p>This is an LLM gateway. Point any OpenAI client at <code>/v1</code> of this address.</p>
        <pre>curl -N HOST/v1/chat/completions \\
          -H 'content-type: application/json' \\
          -d '{"model": "echo", "stream": true, "messages": [{"role": "user", "content": "Hello"}]}'</pre>
        <ul>
        <li><a href="/v1/models">/v1/models</a>: the models that you may use</li>
        <li><a href="/health">/health</a> and <a href="/ready">/ready</a>: how it is</li>
        </ul>
        </html>

        """
}

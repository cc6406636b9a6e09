/// Requests as clients send them: one for each use that the API reference shows.
enum RealRequests {
    static let chats: [(name: String, body: String)] = [
        (
            "a question with a system prompt",
            """
            {"messages": [{"role": "developer", "content": "Answer in one sentence."},
              {"role": "user", "content": "Why do leaves turn red?"}], "model": "gpt-5"}
            """
        ),
        (
            "an image by its address and one as data",
            """
            {"model": "gpt-4o", "max_tokens": 300, "messages": [{"role": "user", "content": [
              {"type": "text", "text": "Which of these is a heron?"},
              {"type": "image_url", "image_url": {"url": "https://birds.example/1.jpg"}},
              {"type": "image_url", "image_url": {"url": "data:image/jpeg;base64,/9j/4AAQ", "detail": "high"}}]}]}
            """
        ),
        (
            "a stream with usage",
            """
            {"messages": [{"role": "user", "content": "Count to ten"}], "model": "gpt-4o-mini", "stream": true,
              "stream_options": {"include_usage": true}, "temperature": 0.2, "top_p": 0.95}
            """
        ),
        (
            "a function to call",
            """
            {"model": "gpt-4.1", "messages": [{"role": "user", "content": "Is it raining in Bergen?"}],
              "tools": [{"type": "function", "function": {"name": "current_weather",
                "description": "The weather at a place", "strict": true, "parameters": {"type": "object",
                  "properties": {"place": {"type": "string", "description": "A town"},
                    "unit": {"type": ["string", "null"], "enum": ["C", "F", null]}},
                  "required": ["place", "unit"], "additionalProperties": false}}}],
              "tool_choice": "auto", "parallel_tool_calls": false}
            """
        ),
        (
            "two answered calls and the next question",
            """
            {"model": "gpt-4o", "messages": [{"role": "user", "content": "Weather in Rome and Oslo?"},
              {"role": "assistant", "content": null, "refusal": null, "annotations": [], "tool_calls": [
                {"id": "call_a1", "type": "function", "function": {"name": "w", "arguments": "{\\"city\\":\\"Rome\\"}"}},
                {"id": "call_b2", "type": "function", "function": {"name": "w", "arguments": "{\\"city\\":\\"Oslo\\"}"}}]},
              {"role": "tool", "tool_call_id": "call_b2", "content": "4 degrees"},
              {"role": "tool", "tool_call_id": "call_a1", "content": [{"type": "text", "text": "19 degrees"}]},
              {"role": "assistant", "content": "Rome is warmer."}, {"role": "user", "content": "And Cairo?"}],
              "tools": [{"type": "function", "function": {"name": "w", "parameters": {"type": "object",
                "properties": {"city": {"type": "string"}}}}}]}
            """
        ),
        (
            "a structured answer",
            """
            {"model": "gpt-4o-2024-08-06", "messages": [{"role": "system", "content": "Take out the event."},
              {"role": "user", "content": "Ann and Bo meet at the fair on Friday."}],
              "response_format": {"type": "json_schema", "json_schema": {"name": "calendar_event", "strict": true,
                "schema": {"type": "object", "properties": {"title": {"type": "string"}, "day": {"type": "string"},
                  "people": {"type": "array", "items": {"$ref": "#/$defs/person"}}},
                  "$defs": {"person": {"type": "object", "properties": {"name": {"type": "string"}},
                    "required": ["name"], "additionalProperties": false}},
                  "required": ["title", "day", "people"], "additionalProperties": false}}}}
            """
        ),
        (
            "log probabilities and biases",
            """
            {"model": "gpt-4o", "messages": [{"role": "user", "content": "Yes or no?"}], "logprobs": true,
              "top_logprobs": 2, "max_completion_tokens": 1, "logit_bias": {"9642": 20, "2822": -5.5}, "n": 3, "seed": 11}
            """
        ),
        (
            "speech in and out",
            """
            {"model": "gpt-4o-audio-preview", "modalities": ["text", "audio"],
              "audio": {"voice": "alloy", "format": "wav"}, "messages": [
              {"role": "user", "content": [{"type": "text", "text": "What is said here?"},
                {"type": "input_audio", "input_audio": {"data": "UklGRiQA", "format": "wav"}}]},
              {"role": "assistant", "audio": {"id": "audio_123"}},
              {"role": "user", "content": "Say it again, slower."}]}
            """
        ),
        (
            "a predicted output",
            """
            {"model": "gpt-4.1-mini", "store": true, "metadata": {"team": "docs"}, "messages": [
              {"role": "user", "content": "Rename the class."}, {"role": "user", "content": "class A {}"}],
              "prediction": {"type": "content", "content": "class A {}"}}
            """
        ),
        (
            "reasoning with a file",
            """
            {"model": "o4-mini", "reasoning_effort": "high", "verbosity": "low", "service_tier": "flex",
              "safety_identifier": "u-77", "prompt_cache_key": "contracts", "messages": [{"role": "user", "content": [
                {"type": "file", "file": {"filename": "c.pdf", "file_data": "data:application/pdf;base64,JVBE"}},
                {"type": "text", "text": "Which clause is unusual?"}]}]}
            """
        ),
        (
            "a search in the web",
            """
            {"model": "gpt-4o-search-preview", "messages": [{"role": "user", "content": "Good news of today?"}],
              "web_search_options": {"search_context_size": "low", "user_location": {"type": "approximate",
                "approximate": {"country": "GB", "city": "Leeds", "region": "Leeds", "timezone": "Europe/London"}}}}
            """
        ),
        (
            "legacy functions",
            """
            {"model": "gpt-3.5-turbo-0613", "messages": [{"role": "user", "content": "2+2?", "name": "ann"},
              {"role": "assistant", "content": null, "function_call": {"name": "add", "arguments": "{}"}},
              {"role": "function", "name": "add", "content": "4"}], "user": "ann", "stop": ["\\n", "END"],
              "functions": [{"name": "add", "parameters": {"type": "object", "properties": {}}}],
              "function_call": "auto", "presence_penalty": 0.5, "frequency_penalty": -0.5}
            """
        ),
        (
            "a custom tool with a grammar",
            """
            {"model": "gpt-5", "messages": [{"role": "user", "content": "Add 1 and 2"},
              {"role": "assistant", "tool_calls": [{"id": "call_1", "type": "custom",
                "custom": {"name": "sum", "input": "1+2"}}]},
              {"role": "tool", "tool_call_id": "call_1", "content": "3"}],
              "tools": [{"type": "custom", "custom": {"name": "sum", "format": {"type": "grammar",
                "grammar": {"syntax": "regex", "definition": "[0-9]+"}}}}],
              "tool_choice": {"type": "custom", "custom": {"name": "sum"}}}
            """
        ),
        (
            "all optional fields as null",
            """
            {"model": "m", "messages": [{"role": "user", "content": "x", "name": null}], "temperature": null,
              "n": null, "stop": null, "tools": null, "tool_choice": null, "stream": null, "stream_options": null,
              "response_format": null, "logit_bias": null, "metadata": null, "seed": null, "top_logprobs": null}
            """
        ),
    ]
}

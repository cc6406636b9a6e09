import Policies
import Upstreams

/// The answer of `POST /admin/explain`, and of `sluice explain --json` (docs/explain.md).
extension Explanation {
    /// `passed`, `queued` or `refused`.
    var verdict: String {
        if refusal != nil { return "refused" }
        return policies.contains { $0.verdict == .queued } ? "queued" : "passed"
    }

    func write(to output: inout ByteBuffer) {
        output.appendJSON {
            $0.object {
                $0.member("verdict", verdict)
                $0.object("request") { writeRequest(to: &$0) }
                $0.array("policies") { for policy in policies { policy.write(to: &$0) } }
                $0.key("refusal" as StaticString)
                if let refusal { refusal.writeAnswer(to: &$0) } else { $0.element(String?.none) }
                $0.key("model" as StaticString)
                if let model { model.write(to: &$0) } else { $0.element(String?.none) }
            }
        }
    }

    private func writeRequest(to writer: inout JSONWriter) {
        writer.member("method", asked.method)
        writer.member("path", asked.head.path)
        writer.member("route", route?.pattern)
        writer.member("listener", asked.listener.name)
        writer.member("client_address", asked.clientAddress)
        writer.member("key_id", identity?.keyID)
        writer.member("user", identity?.user)
        writer.member("team", identity?.team)
        writer.member("dialect", facts?.dialect)
        writer.member("model", facts?.model)
        writer.member("stream", facts?.isStream)
        writer.member("prompt_tokens", facts?.promptTokens)
        writer.member("max_output_tokens", facts?.maxOutputTokens)
    }
}

extension PolicyExplanation {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.object {
            $0.member("name", name)
            $0.member("kind", kind)
            $0.member("mode", isShadow ? "shadow" : "enforce")
            $0.member("verdict", verdict.rawValue)
            $0.member("reached", isReached)
            $0.array("mismatches") { for mismatch in mismatches { $0.element(mismatch) } }
            $0.object("facts") { for fact in facts { fact.write(to: &$0) } }
            $0.array("counters") {
                for counter in counters { $0.object { for fact in counter { fact.write(to: &$0) } } }
            }
            $0.key("refusal" as StaticString)
            if let refusal { refusal.writeAnswer(to: &$0) } else { $0.element(String?.none) }
        }
    }
}

extension APIError {
    /// What the client gets: status, the fields that say more, and the body.
    fileprivate func writeAnswer(to writer: inout JSONWriter) {
        var body = ByteBuffer()
        write(to: &body)
        writer.object { answer in
            answer.member("status", status.code)
            answer.object("headers") { for field in fields { $0.member(field.name, field.value) } }
            body.withBytes { answer.member("body", raw: $0) }
        }
    }
}

extension ModelExplanation {
    fileprivate func write(to writer: inout JSONWriter) {
        let weights = targets.reduce(0) { $0 + $1.weight }
        writer.object {
            $0.member("name", name)
            $0.member("context_tokens", contextTokens)
            $0.member("balance", balance)
            $0.key("hedge" as StaticString)
            if hedge.isEmpty {
                $0.element(String?.none)
            } else {
                $0.object { for fact in hedge { fact.write(to: &$0) } }
            }
            $0.array("mid_stream") { for way in midStream { $0.element(way) } }
            $0.array("fallbacks") { for fallback in fallbacks { fallback.write(to: &$0) } }
            $0.array("targets") {
                for target in targets {
                    $0.object {
                        $0.member("upstream", target.upstream)
                        $0.member("kind", target.kind)
                        $0.member("model", target.model)
                        $0.member("weight", target.weight)
                        $0.member("share", Double(target.weight) / Double(max(1, weights)))
                        $0.array("keys") { for key in target.keys { $0.element(key) } }
                        $0.object("retry") { for fact in target.retry { fact.write(to: &$0) } }
                        $0.key("request" as StaticString)
                        if let call = target.call { call.write(to: &$0) } else { $0.element(String?.none) }
                        $0.member("problem", target.problem)
                    }
                }
            }
        }
    }
}

extension ModelExplanation.Fallback {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.object {
            $0.member("model", model)
            $0.member("from", isClients ? "client" : "configuration")
            $0.array("on") { for kind in kinds { $0.element(kind.rawValue) } }
        }
    }
}

extension ModelExplanation.Call {
    fileprivate func write(to writer: inout JSONWriter) {
        let body = ByteBuffer(body)
        writer.object { call in
            call.member("method", "POST")
            call.member("url", url)
            call.object("headers") {
                for field in fields {
                    $0.key(field.name)
                    $0.element(field.value)
                }
            }
            body.withBytes { call.member("body", raw: $0) }
        }
    }
}

import Upstreams

/// Answers with pages and what they are made of (`WebAssets`). They are the same for everybody and hold no secrets, so
/// nobody is asked for a key; what pages show they ask for by calls of their own, with the key of whoever looks.
struct PageAnswers {
    let exchange: Exchange

    /// What a page may do: use this gateway's scripts, styles and calls, and make no markup of strings.
    private static let contentPolicy = """
        default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; \
        form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'
        """

    /// Whether a browser asks for something to look at, rather than a program for data.
    static func isWanted(by head: RequestHead) -> Bool { head.value(of: "accept")?.contains("text/html") == true }

    func run(_ route: Route) {
        let head = exchange.connection.head
        switch route {
        case .root: answerRoot(head)
        case .openapi: send("openapi.json")
        case .docs: send("docs.html")
        case .redoc: send("redoc.html")
        case .console: send("console.html")
        case .resultPage: sendResultPage(head)
        case .taskResults: answerResults(head)
        case .asset: sendAsset(head)
        default: preconditionFailure("no route of a page")
        }
    }

    /// Older links to results have the form `/?id={task_id}`.
    private func answerRoot(_ head: RequestHead) {
        guard let id = head.queryItem("id"), TaskID.isOne(id) else { return send("index.html") }
        redirect(to: "results/\(id)")
    }

    /// A browser that came to the events of a task is sent to the page that shows them.
    private func answerResults(_ head: RequestHead) {
        guard let id = Route.taskResults.taskID(head), TaskID.isOne(id) else { return exchange.answer(.unknownTask) }
        redirect(to: head.pathHasPrefix("/api/") ? "../../../results/\(id)" : "../../results/\(id)")
    }

    private func sendResultPage(_ head: RequestHead) {
        guard let id = Route.resultPage.taskID(head), TaskID.isOne(id) else { return exchange.answer(.unknownTask) }
        send("results.html")
    }

    private func redirect(to location: String) {
        exchange.send(.seeOther, ByteBuffer()) { $0.appendField("location", location) }
        exchange.finish(.completed)
    }

    private func sendAsset(_ head: RequestHead) {
        let assets = WebAssets.embedded
        guard let path = head.pathParameter(after: "/assets/"), path.hasPrefix("\(assets.version)/"),
            let asset = assets[String(path.dropFirst(assets.version.count + 1))]
        else {
            return exchange.answer(.unknownPath(exchange.entry.method, head.path))
        }
        send(asset, cacheControl: "public, max-age=31536000, immutable")
    }

    private func send(_ name: String) {
        guard let asset = WebAssets.embedded[name] else { preconditionFailure("a page that the binary does not have") }
        send(asset, cacheControl: "no-cache")
    }

    private func send(_ asset: WebAssets.Asset, cacheControl: String) {
        let known = exchange.connection.head.value(of: "if-none-match")
        let isKnown = known.map { $0 == "*" || $0.contains(asset.tag) } ?? false
        exchange.send(isKnown ? .notModified : .ok, ByteBuffer(isKnown ? [] : asset.bytes)) { output in
            output.appendField("content-type", asset.contentType)
            output.appendField("cache-control", cacheControl)
            output.appendField("etag", asset.tag)
            output.appendField("content-security-policy", Self.contentPolicy)
            output.appendField("x-content-type-options", "nosniff")
            // The address of a result may be all that it takes to see it.
            output.appendField("referrer-policy", "no-referrer")
            output.appendField("cross-origin-opener-policy", "same-origin")
            output.appendField("cross-origin-resource-policy", "same-origin")
        }
        exchange.finish(.completed)
    }
}

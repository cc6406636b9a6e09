import Upstreams

/// `calculate(expression)`.
final class CalculateTool: Tool {
    let definition = ToolDefinition(
        name: "calculate",
        description: """
            Computes an arithmetic expression exactly where possible: + - * / % ^, parentheses, the functions sqrt, abs, \
            sin, cos, tan, asin, acos, atan (radians), ln, log (base 10), log2, exp, floor, ceil, round, min, max and the \
            constants pi, e, tau.
            """,
        parameters: Array(
            #"{"type":"object","properties":{"expression":{"type":"string","description":"For example (2 + 3) * sqrt(16)"}},"required":["expression"]}"#
                .utf8))

    func run(_ arguments: JSONValue, _ done: @escaping (ToolOutcome) -> Void) -> (any RunningTool)? {
        guard let expression = arguments["expression"]?.string else {
            done(.failure("'expression' must be a string such as \"2 + 3\"."))
            return nil
        }
        do throws(CalculatorError) {
            done(.result(try Calculator.evaluate(expression)))
        } catch {
            done(.failure(error.message))
        }
        return nil
    }
}

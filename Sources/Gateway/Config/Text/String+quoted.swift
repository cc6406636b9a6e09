extension String {
    /// The text in quotes for an error message: control characters escaped, and cut after 80 characters, so that a
    /// file cannot garble the terminal that shows the error.
    package var quoted: String {
        var text = "\""
        for scalar in unicodeScalars.prefix(80) {
            let isControl = scalar.properties.generalCategory == .control
            text += isControl || scalar == "\"" || scalar == "\\" ? scalar.escaped(asASCII: false) : String(scalar)
        }
        return text + (unicodeScalars.count > 80 ? "…\"" : "\"")
    }
}

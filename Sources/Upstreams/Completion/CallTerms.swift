/// What one call differs in from others with the same request.
package struct CallTerms {
    /// The provider's name for the model.
    package let model: String
    /// nil: as the upstream is configured.
    package var timeouts: CallTimeouts?
    /// The field that shows one of several keys of the provider; nil: the upstream has but one, or none.
    package var key: HTTPField?
    /// A place among the calls to the provider; nil: the adapter takes one itself.
    package var slot: InFlight.Slot?
    /// Hears of each part of a body that is handed over to be sent, how many bytes it has.
    package var didSend: (Int) -> Void = { _ in }

    package init(
        model: String, timeouts: CallTimeouts? = nil, key: HTTPField? = nil, slot: InFlight.Slot? = nil
    ) {
        self.model = model
        self.timeouts = timeouts
        self.key = key
        self.slot = slot
    }
}

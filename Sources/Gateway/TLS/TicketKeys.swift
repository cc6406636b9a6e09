/// The secret under which session tickets are sealed.
///
/// Made once per process and given to every `TLSContext` of it, so that a ticket of one worker, or from before a
/// reload, resumes on any other. Never leaves the process.
package struct TicketKeys: Sendable {
    /// A 16-byte key name, a 32-byte HMAC key and a 32-byte AES key, as OpenSSL takes them.
    let bytes: [UInt8]

    package init() { bytes = RandomBytes.make(80) }
}

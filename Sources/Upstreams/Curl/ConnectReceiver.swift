/// Who waits for a connection to a provider. Hears one of these, once.
protocol ConnectReceiver: AnyObject {
    func didConnect(_ socket: consuming UpstreamSocket)
    func connectDidFail(_ failure: TransportFailure)
}

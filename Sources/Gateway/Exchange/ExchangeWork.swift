/// What an exchange is busy with, if it is no single completion, and hears of its client.
protocol ExchangeWork: AnyObject {
    func clientLeft()
    func clientIsReady()
    /// The client has heard nothing for long.
    func keepAlive()
    func shutDown()
}

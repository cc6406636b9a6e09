extension HTTPTaskUpstream {
    /// How a provider takes jobs and tells of them, as the configuration describes it.
    package struct Settings: Sendable {
        /// A call about a job.
        package struct Call: Sendable {
            package var method: TransportRequest.Method
            /// Path and query, with places for `job` and `model`.
            package var path: ArgumentText

            package init(_ method: TransportRequest.Method, _ path: ArgumentText) {
                self.method = method
                self.path = path
            }
        }

        /// How often a job is looked at.
        package struct Polling: Sendable {
            package var path: ArgumentText
            /// Milliseconds before the first look, and again once there is new text.
            package var interval = 500
            /// How much longer each further pause is.
            package var factor = 1.5
            /// Milliseconds.
            package var longestInterval = 5000
            /// Looks in a row that may fail.
            package var failures = 3

            package init(path: ArgumentText) { self.path = path }
        }

        /// Where an answer or an event says what; nil: nowhere.
        package struct Pointers: Sendable {
            /// The job's name, in the answer to its submission.
            package var job: JSONPointer
            package var status: JSONPointer
            package var progress: JSONPointer?
            /// The text so far.
            package var text: JSONPointer?
            /// A piece of the text, in an event.
            package var delta: JSONPointer?
            /// The whole text, once the job is done.
            package var result: JSONPointer?
            package var error: JSONPointer?

            package init(job: JSONPointer, status: JSONPointer) {
                self.job = job
                self.status = status
            }
        }

        /// What the words of a status mean; in lower case, and compared so.
        package struct Words: Sendable {
            package enum Meaning { case running, done, failed }

            /// Empty: any word that is none of the others.
            package var running: Set<String> = []
            package var done: Set<String> = []
            package var failed: Set<String> = []

            package init(running: [String] = [], done: [String], failed: [String]) {
                self.running = Set(running.map { $0.lowercased() })
                self.done = Set(done.map { $0.lowercased() })
                self.failed = Set(failed.map { $0.lowercased() })
            }

            /// nil: nobody knows.
            func meaning(of word: String) -> Meaning? {
                let word = word.lowercased()
                if done.contains(word) { return .done }
                if failed.contains(word) { return .failed }
                return running.isEmpty || running.contains(word) ? .running : nil
            }
        }

        package var submit: Call
        /// JSON text with places for members of the request, and for `prompt`, `model` and `request_id`.
        package var body: [UInt8]
        /// nil: the job is not looked at; then its events are followed.
        package var polling: Polling?
        /// A stream of server-sent events about the job.
        package var events: ArgumentText?
        /// Where the result is asked for once the job is done; nil: who tells that it is done tells the result, too.
        package var result: ArgumentText?
        /// nil: a job that nobody wants any more goes on.
        package var cancel: Call?
        package var pointers: Pointers
        package var words: Words

        package init(submit: Call, body: [UInt8], pointers: Pointers, words: Words) {
            self.submit = submit
            self.body = body
            self.pointers = pointers
            self.words = words
        }
    }
}

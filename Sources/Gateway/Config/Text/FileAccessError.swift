/// Why a file could not be read, in the system's words.
package struct FileAccessError: Error {
    package let reason: String
}

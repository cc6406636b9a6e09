import Glibc
import Testing
import Upstreams

@testable import Gateway

/// Files that change in all the ways in which files are changed.
struct FileWatchTests {
    private let settings = ConfigFixture.reload(#"{ "interval_ms": 10, "debounce_ms": 10 }"#)

    @Test(
        "Each way of changing a file is seen",
        arguments: ["in place", "by renaming", "by swapping a link", "removed", "the folder replaced"])
    func ways(_ way: String) throws {
        let folder = try TLSTestFolder()
        defer { withExtendedLifetime(folder) {} }
        let volume = "\(folder.path)/volume"
        let file = "\(volume)/keys.json"
        for version in ["..1", "..2"] {
            unsafe mkdir(volume, 0o700)
            unsafe mkdir("\(volume)/\(version)", 0o700)
            try ConfigFixture.write("one", to: "\(volume)/\(version)/keys.json")
        }
        unsafe symlink("..1", "\(volume)/..data")
        unsafe symlink("..data/keys.json", file)
        let before = FileStamp.of(file)
        #expect(before != .missing && before == FileStamp.of(file))
        switch way {
        case "in place": try ConfigFixture.write("two!", to: file)
        case "by renaming":
            try ConfigFixture.write("two", to: "\(volume)/temporary")
            unsafe rename("\(volume)/temporary", file)
        case "by swapping a link":
            unsafe symlink("..2", "\(volume)/..new")
            unsafe rename("\(volume)/..new", "\(volume)/..data")
        case "removed": unsafe unlink("\(volume)/..1/keys.json")
        default:
            unsafe rename("\(volume)/..1", "\(volume)/..old")
            unsafe rename("\(volume)/..2", "\(volume)/..1")
        }
        #expect(FileStamp.of(file) != before)
        #expect((FileStamp.of(file) == .missing) == (way == "removed"))
    }

    @Test func `a change is told once, and again after it was taken`() throws {
        try ConfigFixture.withFiles(["f": "one"]) { folder in
            let (loop, path) = (EventLoop(), "\(folder)/f")
            var told = 0
            let watch = FileWatch(loop) { told += 1 }
            watch.follow(FileStamp.of([path]), settings)
            loop.turn(for: 60)
            #expect(told == 0)
            try ConfigFixture.write("two!", to: path)
            #expect(loop.turn { told == 1 })
            loop.turn(for: 60)
            #expect(told == 1, "whoever was told has yet to say what to watch")
            watch.follow(watch.look(), settings)
            try ConfigFixture.write("three", to: path)
            #expect(loop.turn { told == 2 })
        }
    }

    @Test func `a change before the first look is seen, and none when nothing is to be watched`() throws {
        try ConfigFixture.withFiles(["f": "one"]) { folder in
            let (loop, path) = (EventLoop(), "\(folder)/f")
            var told: [String] = []
            let watching = FileWatch(loop) { told.append("watching") }
            let silent = FileWatch(loop) { told.append("silent") }
            let stamps = FileStamp.of([path])
            try ConfigFixture.write("two!", to: path)
            watching.follow(stamps, settings)
            silent.follow(stamps, settings)
            silent.follow(stamps, ConfigFixture.reload(#"{ "watch": false, "interval_ms": 10 }"#))
            #expect(loop.turn { !told.isEmpty })
            loop.turn(for: 60)
            #expect(told == ["watching"])
            withExtendedLifetime((watching, silent)) {}
        }
    }
}

extension ConfigFixture {
    /// The section `reload` of a configuration that loads.
    fileprivate static func reload(_ text: String) -> ReloadConfiguration {
        guard let configuration = try? load(root(["reload": text])) else { preconditionFailure("not a section") }
        return configuration.reload
    }
}

import Testing

@testable import Gateway

struct TaskOwnerTests {
    private func owner(_ user: String?, _ team: String? = nil, key: String? = nil) -> TaskOwner {
        TaskOwner(user: user, team: team, keyID: key)
    }

    @Test("the same user or team owns a task, with whatever key")
    func owners() {
        #expect(owner("a", "t", key: "1").isAlsoOwned(by: owner("a", key: "2")))
        #expect(owner("a", "t").isAlsoOwned(by: owner("b", "t")))
        #expect(!owner("a", "t").isAlsoOwned(by: owner("b", "u")))
        #expect(!owner("a").isAlsoOwned(by: owner(nil)))
        #expect(!owner(nil, "t", key: "1").isAlsoOwned(by: owner(nil, nil, key: "1")))
    }

    @Test("where keys have neither, it is the key's; a gateway without keys has one owner")
    func keys() {
        #expect(owner(nil, key: "1").isAlsoOwned(by: owner(nil, key: "1")))
        #expect(!owner(nil, key: "1").isAlsoOwned(by: owner(nil, key: "2")))
        #expect(!owner(nil, key: "1").isAlsoOwned(by: owner(nil)))
        #expect(owner(nil).isAlsoOwned(by: owner(nil)))
        #expect(!owner(nil).isAlsoOwned(by: owner("a", key: "1")))
    }

    @Test("users have one share each, keys without users as well")
    func shares() {
        #expect(owner("a", key: "1").share == owner("a", key: "2").share)
        #expect(Set([owner("a"), owner(nil, key: "a"), owner(nil)].map(\.share)).count == 3)
    }
}

import Policies

/// What a subject has used of one budget.
struct BudgetUsage {
    /// The policy's name.
    let policy: String
    let setting: BudgetSetting
    /// In the budget's unit, reservations included.
    let used: Int
}

namespace OrleansAgents.Contracts;

/// <summary>One difference between two lists of contracts.</summary>
/// <param name="IsBreaking">Whether programs that know the old contract can no longer be served.</param>
/// <param name="Contract">The contract, such as <c>order.place v1</c>.</param>
/// <param name="Pointer">Where in the contract: a JSON pointer, such as <c>/payload/properties/count</c>; empty for the whole.</param>
/// <param name="Rule">The keyword of JSON Schema that differs, or what else does.</param>
/// <param name="Message">What it was and what it is.</param>
/// <param name="Remedy">What to do about it; null where nothing need be done.</param>
internal sealed record ContractChange(bool IsBreaking, string Contract, string Pointer, string Rule, string Message, string? Remedy);

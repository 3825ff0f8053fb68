using Microsoft.Extensions.Options;

namespace OrleansAgents.Security;

/// <summary>A rule that has been read.</summary>
/// <param name="Name">What the log calls it.</param>
/// <param name="Says">What it says, for the log.</param>
/// <param name="Deny">Whether it forbids.</param>
/// <param name="Action">What it is about.</param>
/// <param name="From">Whom it is about.</param>
/// <param name="What">The contract or the topic.</param>
/// <param name="To">Whom it is sent to; any for topics.</param>
internal sealed record PolicyRule(string Name, string Says, bool Deny, AccessAction Action, AccessPattern From, AccessPattern What, AccessPattern To)
{
    private const string Addresses = "an address such as client/web, client/till-*, client/* or *";
    private const string Contracts = "a contract such as order.place, order.* or *";
    private const string Topics = "a topic or a pattern such as orders/eu, orders/*, orders/** or *";

    /// <exception cref="OptionsValidationException">The rule says nothing, or too much, or has a pattern that is none.</exception>
    public static PolicyRule Read(AccessRule rule, int index)
    {
        var place = rule.Path ?? $"AccessOptions.Rules[{index}]";
        var mark = rule.Path is null ? '.' : ':';
        var isSend = rule.Send is not null || rule.To is not null;
        if ((isSend ? 1 : 0) + (rule.Publish is null ? 0 : 1) + (rule.Subscribe is null ? 0 : 1) != 1)
        {
            throw Fault($"{place} must have exactly one of Send with To, Publish, and Subscribe.");
        }

        var from = AccessPattern.ReadAddress(rule.From) ?? throw Wrong("From", rule.From, Addresses);
        var name = rule.Name ?? place;
        if (isSend)
        {
            return new(
                name, $"{Describe(rule)} send {rule.Send} to {rule.To}", rule.Deny, AccessAction.Send, from,
                AccessPattern.ReadContract(rule.Send) ?? throw Wrong("Send", rule.Send, Contracts),
                AccessPattern.ReadAddress(rule.To) ?? throw Wrong("To", rule.To, Addresses));
        }

        return rule.Publish is { } publish
            ? new(name, $"{Describe(rule)} publish to {publish}", rule.Deny, AccessAction.Publish, from, AccessPattern.ReadTopic(publish) ?? throw Wrong("Publish", publish, Topics), AccessPattern.Any)
            : new(name, $"{Describe(rule)} subscribe to {rule.Subscribe}", rule.Deny, AccessAction.Subscribe, from, AccessPattern.ReadTopic(rule.Subscribe) ?? throw Wrong("Subscribe", rule.Subscribe, Topics), AccessPattern.Any);

        OptionsValidationException Wrong(string member, string? text, string remedy) => Fault(
            string.IsNullOrEmpty(text) ? $"{place}{mark}{member} is missing; give {remedy}." : $"{place}{mark}{member} is '{text}'; give {remedy}.");
    }

    public static OptionsValidationException Fault(string message) => new(nameof(AccessOptions), typeof(AccessOptions), [message]);

    private static string Describe(AccessRule rule) => $"{rule.From} {(rule.Deny ? "may not" : "may")}";
}

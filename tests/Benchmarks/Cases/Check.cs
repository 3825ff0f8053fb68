using OrleansAgents.Tests.Hosting;
using OrleansAgents.Tests.Workload;

namespace OrleansAgents.Tests.Cases;

/// <summary>Makes sure that what is measured is what the case says.</summary>
internal static class Check
{
    public static async Task AnswersAsync(AgentCall agents, RawCall raw, AgentJsonCall json)
    {
        var expected = new QuoteReply(Texts.Customer, Texts.Product, Texts.Price, Texts.Currency, Texts.Terms);
        var rawReply = await raw.AskAsync(0);
        That(rawReply == new RawReply(expected.Customer, expected.Product, expected.Price, expected.Currency, expected.Terms), "The raw grain answers wrongly.");
        That(await agents.AskAsync(0) == expected, "The agent answers wrongly.");
        var text = System.Text.Encoding.UTF8.GetString(await json.AskAsync(0) ?? []);
        That(text.Contains($"\"price\":\"{Texts.Price}\"", StringComparison.Ordinal), $"The agent answers JSON wrongly: {text}");
    }

    public static void Measured(MetricsReader metrics) => That(metrics.Turns > 0, "No turn reported its duration: the metrics are not on.");

    public static void That(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new InvalidOperationException(otherwise);
        }
    }
}

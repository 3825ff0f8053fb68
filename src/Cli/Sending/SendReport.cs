using OrleansAgents.Messaging;
using OrleansAgents.Output;

namespace OrleansAgents.Sending;

/// <summary>Counts what became of a file's messages and reports those that came to nothing. Thread-safe.</summary>
internal sealed class SendReport(CommandOutput output)
{
    private readonly long[] _counts = new long[4];

    /// <summary>Where complaints go; a progress bar puts itself in between.</summary>
    public Action<string> Complain { get; set; } = output.Error;

    public bool Json => output.Json;

    public bool IsClean => Count(Outcome.Refused) + Count(Outcome.Failed) == 0;

    public string Summary =>
        $"accepted {Count(Outcome.Accepted)} / duplicate {Count(Outcome.Duplicate)} / refused {Count(Outcome.Refused)} / failed {Count(Outcome.Failed)}";

    public void Add(long line, MessageId? id, Outcome outcome, Refusal? refusal)
    {
        Interlocked.Increment(ref _counts[(int)outcome]);
        if (refusal is null)
        {
            return;
        }

        foreach (var sentence in ReceiptText.Explain(outcome, refusal))
        {
            Complain(PlainText.Show($"line {line}: {sentence}"));
        }

        if (Json)
        {
            output.Object(json =>
            {
                json.WriteNumber("line", line);
                ReceiptJson.WriteMembers(json, id, outcome, refusal);
            });
        }
    }

    /// <summary>Writes the closing summary.</summary>
    public void Close()
    {
        if (!Json)
        {
            output.Line(Summary);
            return;
        }

        output.Object(json =>
        {
            foreach (var outcome in Enum.GetValues<Outcome>())
            {
                json.WriteNumber(ReceiptJson.Name(outcome), Count(outcome));
            }
        });
    }

    private long Count(Outcome outcome) => Interlocked.Read(ref _counts[(int)outcome]);
}

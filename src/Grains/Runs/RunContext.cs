using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Runs;

/// <summary>
/// A run, as its agent sees it in a turn. What is reported leaves after the turn's commit, in order. To report is to take
/// the run: it goes on after the turn, until the agent ends it, its owner cancels it, or its time is over.
/// </summary>
public sealed class RunContext
{
    private readonly AgentContext _context;
    private readonly AgentId _run;

    internal RunContext(AgentContext context, AgentId run) => (_context, _run) = (context, run);

    /// <summary>The run's id.</summary>
    public string Id => _run.Key;

    /// <summary>
    /// Takes the run: the answer of this turn's handler does not complete it, and goes nowhere. Keep <see cref="Id"/> in the
    /// state, and report later by <see cref="AgentContext.RunOf"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">The turn is over, or is that of a query.</exception>
    public void Take()
    {
        if (FindRun(_context.Message) == _run && _context.Sender != _run && _context.Sender != _context.Self)
        {
            _context.AnswerWith(new RunTaken(Id));
        }
    }

    /// <summary>Says how far it is.</summary>
    /// <param name="progress">From 0 to 1; null for nothing new.</param>
    /// <param name="message">What to say; null for nothing.</param>
    /// <inheritdoc cref="Take" path="/exception"/>
    public void Progress(double? progress, string? message = null) => Report(new RunReport(RunState.Working, Say(message), Progress: progress));

    /// <summary>Adds something that was made, or puts it in the place of the artifact with its id.</summary>
    /// <inheritdoc cref="Take" path="/exception"/>
    public void Make(Artifact artifact) => Report(new RunReport(Artifact: artifact));

    /// <summary>Asks the owner for something. What it says comes to the agent as <see cref="RunSaid"/>, which it must handle.</summary>
    /// <inheritdoc cref="Take" path="/exception"/>
    public void AskOwner(string question) => AskOwner([Part.Of(question)]);

    /// <inheritdoc cref="AskOwner(string)"/>
    public void AskOwner(IReadOnlyList<Part> question)
    {
        _context.DemandHandlerOf<RunSaid>();
        Report(new RunReport(RunState.InputRequired, question));
    }

    /// <summary>Asks the owner for a right; otherwise as <see cref="AskOwner(string)"/>.</summary>
    /// <inheritdoc cref="Take" path="/exception"/>
    public void AskForRight(string question)
    {
        _context.DemandHandlerOf<RunSaid>();
        Report(new RunReport(RunState.AuthRequired, Say(question)));
    }

    /// <summary>Ends the run: it is done.</summary>
    /// <param name="message">What to say; null for nothing.</param>
    /// <param name="artifact">What was made last; null for nothing more.</param>
    /// <inheritdoc cref="Take" path="/exception"/>
    public void Complete(string? message = null, Artifact? artifact = null) => Report(new RunReport(RunState.Completed, Say(message), artifact));

    /// <summary>
    /// Ends the run: it is done, and this is an artifact as a whole, which a piece of work wrote on the way. Where another
    /// attempt at that work wrote last, this takes the place of what it wrote.
    /// </summary>
    /// <param name="whole">The artifact.</param>
    /// <param name="writer">Whose words they are; null where nobody wrote them on the way.</param>
    internal void Complete(Artifact whole, Guid? writer) => Report(new RunReport(RunState.Completed, Artifact: whole, Writer: writer, Replaces: writer));

    /// <summary>Ends the run: it could not be done.</summary>
    /// <param name="code">Why, for programs.</param>
    /// <param name="reason">Why, for people.</param>
    /// <inheritdoc cref="Take" path="/exception"/>
    public void Fail(string code, string reason) => Report(new RunReport(RunState.Failed, Say(reason), Code: code));

    /// <summary>Ends the run: nothing was done, and nothing will be.</summary>
    /// <inheritdoc cref="Fail" path="/param"/>
    /// <inheritdoc cref="Take" path="/exception"/>
    public void Reject(string code, string reason) => Report(new RunReport(RunState.Rejected, Say(reason), Code: code));

    /// <summary>
    /// Reports; null for the parts of it that do not change. One that is larger than a message may be ends the run in its
    /// place: it fails, as <see cref="RefusalCodes.TooLarge"/>.
    /// </summary>
    /// <inheritdoc cref="Take" path="/exception"/>
    public void Report(RunReport report)
    {
        Take();
        var message = Envelope.Create(_context.Self, _run, report);
        var limit = _context.Host.Options.Limits.PayloadBytes;
        // The run would never hear of it, and wait for an end until its time is over.
        _context.Record(message.PayloadJson.Length <= limit ? message : Envelope.Create(_context.Self, _run, new RunReport(
            RunState.Failed, Say($"What was to be reported holds {message.PayloadJson.Length} bytes; {limit} is the limit. Make several artifacts of it, or write it piece by piece."),
            Code: RefusalCodes.TooLarge)));
    }

    /// <summary>The run that a message belongs to: one that sent it, or that it passed last.</summary>
    internal static AgentId? FindRun(Envelope message)
    {
        if (message.Sender.Kind == RunAddress.Kind)
        {
            return message.Sender;
        }

        var hops = message.Extras?.Hops;
        for (var i = (hops?.Count ?? 0) - 1; i >= 0; i--)
        {
            if (hops![i].Kind == RunAddress.Kind)
            {
                return hops[i];
            }
        }

        return null;
    }

    private static IReadOnlyList<Part>? Say(string? message) => message is null ? null : [Part.Of(message)];
}

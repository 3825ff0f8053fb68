using System.Text.Json;
using OrleansAgents.Messaging;
using OrleansAgents.Negotiation;

namespace OrleansAgents.Tests.Negotiation;

/// <summary>Negotiations to test with, and how they go on. Questions are numbered as they are asked.</summary>
internal sealed class Runs
{
    public static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private int _questions;

    public Runs(Scoring? scoring = null, NegotiationOptions? options = null) => Run = Of(scoring ?? Scoring.Lowest("/price"), options ?? new());

    public NegotiationRun Run { get; private set; }

    public DateTimeOffset Now { get; set; } = Start;

    public IReadOnlyList<NegotiationAct> Acts { get; private set; } = [];

    public List<NegotiationAct> AllActs { get; } = [];

    public Refusal? Refusal { get; private set; }

    public static NegotiationRun Of(Scoring scoring, NegotiationOptions options) => new()
    {
        Initiator = "buyer/1", Conversation = "c", Task = JsonElement.Parse("""{"job":1}"""), Scoring = scoring, Options = options, StartedAt = Start,
        Deadline = Start.AddHours(1),
    };

    public static Answered<Proposal> Offer(string agent, double price, DateTimeOffset? validUntil = null) =>
        new(agent, new Proposal(JsonElement.Parse($$"""{"price":{{price}}}"""), validUntil), Refusal: null);

    public static Answered<T> Missing<T>(string agent, string code = RefusalCodes.DeadlineExceeded)
        where T : class => new(agent, Value: null, new Refusal(code, "None came."));

    /// <summary>Lets something happen.</summary>
    public Runs Do(Func<NegotiationRun, DateTimeOffset, NegotiationMove> what)
    {
        var move = what(Run, Now);
        (Refusal, Acts) = (move.Refusal, move.Acts);
        AllActs.AddRange(Acts);
        var open = move.Run.Open.ToList();
        open.AddRange(Acts.Where(a => a is AskForProposals or AskForRanking or AskToPerform or AskToStop).Select(_ => Question(++_questions)));
        Run = move.Run with { Open = open };
        return this;
    }

    public Runs Begin(params string[] recipients) => Do((run, now) => NegotiationFlow.Begin(run, recipients, now));

    public Runs Propose(params Answered<Proposal>[] answers) => Do((run, now) => NegotiationFlow.TakeProposals(run, run.Open[0], answers, now));

    public Runs AnswerAward(AwardReply reply) =>
        Do((run, now) => NegotiationFlow.TakeAward(run, run.Open[0], new Answered<AwardReply>(run.Holder!, reply, Refusal: null), now));

    public Runs MissAward() => Do((run, now) => NegotiationFlow.TakeAward(run, run.Open[0], Missing<AwardReply>(run.Holder!), now));

    public Runs AnswerStop(bool isAcknowledged) =>
        Do((run, now) => NegotiationFlow.TakeStop(run, run.Open[0], isAcknowledged, isAcknowledged ? null : "seller.done", reason: null, now));

    public Runs Withdraw(string agent) => Do((run, now) => NegotiationFlow.Withdraw(run, agent, "Too busy.", now));

    public Runs Finish(string agent) => Do((run, now) => NegotiationFlow.Finish(run, agent, TaskDone.With(42), now));

    public static Guid Question(int number) => new(number, 0, 0, new byte[8]);
}

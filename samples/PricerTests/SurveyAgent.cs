using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Samples;

[Contract("survey.start")]
public sealed record StartSurvey(string Topic, IReadOnlyList<string> Voters);

[Contract("survey.vote")]
public sealed record Vote(string Topic) : IRequest<Voted>;

public sealed record Voted(int Weight);

[Contract("survey.ended")]
public sealed record SurveyEnded(string Topic, int Weight);

public sealed class SurveyState
{
    public IDictionary<string, string> Asked { get; set; } = new Dictionary<string, string>(StringComparer.Ordinal);
}

[Agent("survey")]
public sealed class SurveyAgent : Agent<SurveyState>, IHandle<StartSurvey>, IHandle<Answers>
{
    public ValueTask HandleAsync(StartSurvey message, AgentContext context, CancellationToken cancellationToken)
    {
        State.Asked[message.Topic] = context.Sender.ToString();
        context.Gather(
            message.Voters.Select(voter => AgentId.Parse(voter)),
            new Vote(message.Topic),
            new QuestionOptions { Within = TimeSpan.FromSeconds(30), Tag = message.Topic });
        return default;
    }

    public ValueTask HandleAsync(Answers message, AgentContext context, CancellationToken cancellationToken)
    {
        var sum = message.All.Where(answer => answer.IsGiven).Sum(answer => answer.Read<Voted>().Weight);
        context.Tell(AgentId.Parse(State.Asked[message.Tag!]), new SurveyEnded(message.Tag!, sum));
        return default;
    }
}

[Agent("voter")]
public sealed class VoterAgent : Agent, IHandle<Vote, Voted>
{
    public ValueTask<Voted> HandleAsync(Vote request, AgentContext context, CancellationToken cancellationToken) =>
        new(new Voted(int.Parse(Id.Key, System.Globalization.CultureInfo.InvariantCulture)));
}

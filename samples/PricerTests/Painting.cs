using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Negotiation;

namespace OrleansAgents.Samples;

[Contract("house.paint")]
internal sealed record PaintHouse(string Colour, string Owner);

[Contract("house.painted")]
internal sealed record HousePainted(string? By, string? WhyNot);

internal sealed record PaintOffer(decimal Price);

internal sealed class House
{
    public string Owner { get; set; } = "";
}

/// <summary>Has the cheapest painter paint it, and tells its owner.</summary>
[Agent("house")]
internal sealed class HouseAgent : Agent<House>, IHandle<PaintHouse>, IHandle<NegotiationEnded>
{
    public ValueTask HandleAsync(PaintHouse message, AgentContext context, CancellationToken cancellationToken)
    {
        State.Owner = message.Owner;
        context.Negotiate(message, ["painter/ann-900", "painter/bob-800"], TimeSpan.FromHours(1), Scoring.Lowest("/price"));
        return default;
    }

    public ValueTask HandleAsync(NegotiationEnded message, AgentContext context, CancellationToken cancellationToken)
    {
        context.Tell(State.Owner, new HousePainted(message.Winner, message.Reason));
        return default;
    }
}

internal sealed class Painter
{
    public HashSet<string> Painted { get; set; } = [];

    public HashSet<string> Lost { get; set; } = [];
}

/// <summary>Paints for the price that its key says.</summary>
[Agent("painter")]
internal sealed class PainterAgent : Agent<Painter>, IHandle<CallForProposals, Proposal>, IHandle<Award, AwardReply>, IHandle<Rejected>
{
    public ValueTask<Proposal> HandleAsync(CallForProposals request, AgentContext context, CancellationToken cancellationToken) =>
        new(Proposal.Of(new PaintOffer(decimal.Parse(Id.Key.Split('-')[1]))));

    public ValueTask<AwardReply> HandleAsync(Award request, AgentContext context, CancellationToken cancellationToken)
    {
        if (State.Lost.Contains(context.Sender.ToString()))
        {
            return new(AwardReply.Decommit("It was taken back."));
        }

        State.Painted.Add(context.Sender.ToString());
        return new(AwardReply.Done());
    }

    public ValueTask HandleAsync(Rejected message, AgentContext context, CancellationToken cancellationToken)
    {
        if (State.Painted.Contains(context.Sender.ToString()))
        {
            throw new AgentRefusedException("painter.done", "It is painted already.");
        }

        if (message.IsFinal)
        {
            State.Lost.Add(context.Sender.ToString());
        }

        return default;
    }
}

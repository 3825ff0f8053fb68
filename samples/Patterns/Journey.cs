using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Patterns;

namespace OrleansAgents.Samples;

[Contract("journey.wanted")]
internal sealed record JourneyWanted(string Journey, string Hotel);

[Contract("place.reserve")]
internal sealed record Reserve(string Journey, string? Arrival = null) : IRequest<Reservation>;

internal sealed record Reservation(string Number, string Arrival);

[Contract("place.release")]
internal sealed record Release(string Journey);

internal sealed class JourneyState
{
    public IDictionary<string, string> Outcomes { get; set; } = new Dictionary<string, string>(StringComparer.Ordinal);
}

[Agent("traveller", Description = "Books journeys of several parts: all of them, or none.")]
internal sealed class Traveller(Witness witness) : Agent<JourneyState>, IHandle<JourneyWanted>, IHandle<SagaEnded>
{
    public ValueTask HandleAsync(JourneyWanted message, AgentContext context, CancellationToken cancellationToken)
    {
        context.RunSaga(
        [
            SagaStep.Of("house/flights", new Reserve(message.Journey)).CompensatedBy("house/flights", new Release(message.Journey)),
            // The day of arrival is what the flight said.
            SagaStep.Of(message.Hotel, new Reserve(message.Journey), new SagaCarry("arrival", "/arrival")).CompensatedBy(message.Hotel, new Release(message.Journey)),
            SagaStep.Of("house/cars", new Reserve(message.Journey), new SagaCarry("arrival", "/arrival")),
        ],
        tag: message.Journey);
        return default;
    }

    public ValueTask HandleAsync(SagaEnded message, AgentContext context, CancellationToken cancellationToken)
    {
        State.Outcomes[message.Tag!] = message.Outcome.ToString();
        witness.Report("journey", message.Outcome == SagaOutcome.Completed
            ? $"{message.Tag} is booked, with a car for {message.Reply<Reservation>(2).Arrival}"
            : $"{message.Tag} is {message.Outcome}: {message.Failed!.Reason}");
        return default;
    }
}

internal sealed class HouseState
{
    public HashSet<string> Reserved { get; set; } = new(StringComparer.Ordinal);
}

[Agent("house", Description = "Reserves places and releases them; one house is always full.")]
internal sealed class House(Witness witness) : Agent<HouseState>, IHandle<Reserve, Reservation>, IHandle<Release>
{
    public ValueTask<Reservation> HandleAsync(Reserve request, AgentContext context, CancellationToken cancellationToken)
    {
        if (Id.Key == "full")
        {
            throw new AgentRefusedException("house.full", "There is no room left.");
        }

        State.Reserved.Add(request.Journey);
        return new(new Reservation($"{Id.Key}-{State.Reserved.Count}", request.Arrival ?? "Friday"));
    }

    public ValueTask HandleAsync(Release message, AgentContext context, CancellationToken cancellationToken)
    {
        // Nothing to release is well, too: the reservation may never have come.
        State.Reserved.Remove(message.Journey);
        witness.Report("released", $"{Id} has released {message.Journey}");
        return default;
    }
}

internal static class Journey
{
    public static async Task PlayAsync(Stage stage)
    {
        await stage.Agents.Agent("traveller/1").TellAsync(new JourneyWanted("Lisbon", "house/hotel"));
        Stage.Expect(await stage.HearAsync("journey") == "Lisbon is booked, with a car for Friday", "the journey to be booked");
        await stage.Agents.Agent("traveller/1").TellAsync(new JourneyWanted("Porto", "house/full"));
        Stage.Expect(await stage.HearAsync("released") == "house/flights has released Porto", "the flight to be released");
        Stage.Expect(await stage.HearAsync("journey") == "Porto is Compensated: There is no room left.", "the journey to be taken back");
    }
}

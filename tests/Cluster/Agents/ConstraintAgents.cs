using System.ComponentModel.DataAnnotations;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Tests.Agents;

[Contract("test.parcel", 1)]
public sealed record Parcel1([Range(1, 30)] int Weight) : IRequest<ParcelTaken>;

[Contract("test.parcel", 2)]
public sealed record Parcel2(int Grams) : IRequest<ParcelTaken>, IUpcastFrom<Parcel1, Parcel2>
{
    public static Parcel2 Upcast(Parcel1 old) => new(old.Weight * 1000);
}

[Contract("test.parcel", 3)]
public sealed record Parcel3([Range(1, 50000)] int Grams, [RegularExpression("[A-Z]{2}")] string Country) : IRequest<ParcelTaken>, IUpcastFrom<Parcel2, Parcel3>
{
    public static Parcel3 Upcast(Parcel2 old) => new(old.Grams, "DE");
}

public sealed record ParcelTaken(int Handled, int Grams);

[Agent("post")]
internal sealed class PostAgent : Agent<AccountState>, IHandle<Parcel3, ParcelTaken>
{
    public ValueTask<ParcelTaken> HandleAsync(Parcel3 request, AgentContext context, CancellationToken cancellationToken) =>
        new(new ParcelTaken(++State.Total, request.Grams));
}

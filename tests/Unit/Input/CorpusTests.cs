using OrleansAgents.Messaging;
using Xunit;

namespace OrleansAgents.Tests.Input;

/// <summary>What the names of the corpus' files say of them.</summary>
public sealed class CorpusTests
{
    private const string Messages = "messages/";

    public static TheoryData<string> Valid => [.. Names(Messages + "valid-")];

    public static TheoryData<string> Refused => [.. Names(Messages + "refused-")];

    [Theory, MemberData(nameof(Valid))]
    public void Read_OfAValidMessage_GivesIt(string name) => Assert.Null(EnvelopeJson.Read(Corpus.Read(name), new(), defaultKind: "default").Problems);

    [Theory, MemberData(nameof(Refused))]
    public void Read_OfARefusedMessage_NamesItsProblems(string name) => Assert.NotEmpty(EnvelopeJson.Read(Corpus.Read(name), new(), defaultKind: "default").Problems!);

    /// <summary>Twins are two addresses: nothing is normalised, whatever the globalization mode of the process.</summary>
    [Fact]
    public void Read_OfAddressesThatLookAlike_GivesTwo() => Assert.Equal(
        3,
        new[] { "address-composed.json", "address-decomposed.json", "address-cyrillic-twin.json" }
            .Select(name => EnvelopeJson.Read(Corpus.Read(Messages + name), new()).Envelope!.Recipient).Distinct().Count());

    private static IEnumerable<string> Names(string prefix) => Corpus.Files.Select(f => f.Name).Where(n => n.StartsWith(prefix, StringComparison.Ordinal));
}

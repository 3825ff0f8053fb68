using System.Text;
using System.Text.Json;
using OrleansAgents.Directory;
using OrleansAgents.Messaging;
using Xunit;

namespace OrleansAgents.Tests.Directory;

public sealed class RegistrationTests
{
    [Theory]
    [InlineData("quote", true)]
    [InlineData("model:gpt-5.1", true)]
    [InlineData("a", true)]
    [InlineData("", false)]
    [InlineData("1a", false)]
    [InlineData("-a", false)]
    [InlineData("Quote", false)]
    [InlineData("two words", false)]
    [InlineData("a/b", false)]
    [InlineData("preis-für", false)]
    public void IsValid_OfAName_KeepsTheRule(string name, bool valid) => Assert.Equal(valid, TraitName.IsValid(name));

    [Fact]
    public void IsValid_AtTheLimitOfLength_IsTheLast()
    {
        Assert.True(TraitName.IsValid(new string('a', TraitName.MaxLength)));
        Assert.False(TraitName.IsValid(new string('a', TraitName.MaxLength + 1)));
    }

    public static TheoryData<Registration, string> Faulty => new()
    {
        { new([]), "capabilities" },
        { new([.. Enumerable.Range(0, 17).Select(i => $"c{i}")]), "capabilities" },
        { new(["Big"]), "'capabilities'" },
        { new(["a"], ["no tag"]), "'tags'" },
        { new(["a"], [.. Enumerable.Range(0, 17).Select(i => $"t{i}")]), "tags" },
        { new(["a"], Description: new string('x', 257)), "'description'" },
    };

    [Theory]
    [MemberData(nameof(Faulty))]
    public void FindFault_OfAFaultyRegistration_NamesTheMember(Registration registration, string member) =>
        Assert.Contains(member, registration.FindFault(), StringComparison.Ordinal);

    [Fact]
    public void FindFault_OfTheLargestRegistration_IsNone() => Assert.Null(
        new Registration([.. Enumerable.Range(0, 16).Select(i => $"c{i}")], [.. Enumerable.Range(0, 16).Select(i => $"t{i}")], new string('x', 256)).FindFault());

    [Fact]
    public void InOrder_OfNamesTwice_HasEachOnce()
    {
        var ordered = new Registration(["b", "a", "b"], []).InOrder();
        Assert.Equal(["a", "b"], ordered.Capabilities);
        Assert.Null(ordered.Tags);
    }

    [Fact]
    public void Payload_OfTheSmallestRegistration_IsReadFromJson()
    {
        var read = JsonSerializer.Deserialize<Registration>("""{"capabilities":["quote"]}""", PayloadJson.Options)!;
        Assert.Equal(["quote"], read.Capabilities);
        Assert.Equal("""{"capabilities":["quote"],"description":null,"tags":null}""", Encoding.UTF8.GetString(PayloadJson.Write(read)));
    }

    public static TheoryData<DirectoryFind, string> FaultyQueries => new()
    {
        { new("quote", Limit: 0), "'limit'" },
        { new("quote", Limit: 1001), "'limit'" },
        { new("Quote"), "'capability'" },
        { new("quote", ["A"]), "'tags'" },
        { new("quote", Kind: "A"), "'kind'" },
        { new("quote", After: "a"), "'after'" },
    };

    [Theory]
    [MemberData(nameof(FaultyQueries))]
    public void FindFault_OfAFaultyQuery_NamesTheMember(DirectoryFind query, string member) =>
        Assert.Contains(member, query.FindFault(), StringComparison.Ordinal);
}

using System.Text;
using System.Text.Json;
using OrleansAgents.Messaging;
using Xunit;

namespace OrleansAgents.Tests.Messaging;

public sealed class PayloadJsonTests
{
    private enum Colour
    {
        DarkRed,
    }

    private abstract record Base
    {
        public int Zulu { get; init; } = 26;
    }

    private sealed record Sample(string Beta, int Alpha, string? Optional = null) : Base
    {
        public Colour Colour { get; init; }
    }

    [Fact]
    public void Write_OfARecord_OrdersMembersByOrdinal()
    {
        var json = Encoding.UTF8.GetString(PayloadJson.Write(new Sample("ä\"<", 1)));

        Assert.Equal("""{"alpha":1,"beta":"ä\"<","colour":"darkRed","optional":null,"zulu":26}""", json);
        Assert.Equal(new Sample("ä\"<", 1), Read(json));
    }

    [Theory]
    [InlineData("""{"alpha":1,"beta":null}""")]
    [InlineData("""{"alpha":null,"beta":"b"}""")]
    [InlineData("""{"alpha":1}""")]
    [InlineData("""{"beta":"b"}""")]
    [InlineData("""{"alpha":1,"beta":"b","beta":"c"}""")]
    [InlineData("""{"alpha":1,"alpha":1,"beta":"b"}""")]
    [InlineData("""{"alpha":"1","beta":"b"}""")]
    [InlineData("""{"alpha":1.5,"beta":"b"}""")]
    [InlineData("""{"alpha":1,"beta":"b","colour":0}""")]
    [InlineData("""{"alpha":1,"beta":"b","colour":"blue"}""")]
    [InlineData("""{"alpha":1,"beta":"\ud800"}""")]
    [InlineData("""{"alpha":1,"beta":"b",}""")]
    [InlineData("""[]""")]
    public void Read_OfWhatTheRecordForbids_Throws(string json) => Assert.Throws<JsonException>(() => Read(json));

    [Theory]
    [InlineData("""{"alpha":1,"beta":"b"}""")]
    [InlineData("""{"alpha":1,"beta":"b","optional":null,"unknown":{"x":[1]}}""")]
    public void Read_OfOptionalAndUnknownMembers_Ignores(string json) => Assert.Equal(new Sample("b", 1), Read(json));

    [Fact]
    public void Options_Always_AreReadOnly() => Assert.True(PayloadJson.Options.IsReadOnly);

    private static Sample? Read(string json) => JsonSerializer.Deserialize<Sample>(json, PayloadJson.Options);
}

using Microsoft.Extensions.Configuration;
using OrleansAgents.Configuration;
using OrleansAgents.Intelligence;
using Xunit;

namespace OrleansAgents.Tests.Configuration;

public sealed class ModelSettingsTests : IDisposable
{
    private const string Default = "Agents:Models:default:";

    private readonly string _keyFile = Path.GetTempFileName();

    public void Dispose() => File.Delete(_keyFile);

    [Fact]
    public void Read_OfModels_TakesWhatIsSetAndDefaultsElsewhere()
    {
        File.WriteAllText(_keyFile, " sk-1\n");
        var options = Read(
            Default + "Provider=OpenAI", Default + "Model=gpt", Default + $"KeyFile={_keyFile}", Default + "InputPrice=0.15", Default + "OutputPrice=0.60",
            Default + "MaxOutputTokens=500", Default + "Timeout=00:02:00", "Agents:Models:Small:Provider=ollama", "Agents:Models:Small:Model=tiny", "Agents:RecordPrompts=true");
        var model = options.Models.Models["default"];
        Assert.Equal(("openai", "gpt", "sk-1", 500, TimeSpan.FromMinutes(2), 4), (model.Provider, model.Model, model.ReadKey(), model.MaxOutputTokens, model.Timeout, model.Retries));
        Assert.Equal(0.75m, model.CostOf(1_000_000, 1_000_000));
        Assert.Equal("tiny", options.Models.Models["small"].Model);
        Assert.True(options.Models.RecordPrompts);
        Assert.False(Read().Models.RecordPrompts);
    }

    [Theory]
    [InlineData("Agents:Models:default:Provider is 'acme'", Default + "Provider=acme", Default + "Model=m")]
    [InlineData("Agents:Models:default:Provider is missing", Default + "Model=m")]
    [InlineData("Agents:Models:default:Model is missing", Default + "Provider=ollama")]
    [InlineData("Agents:Models:default:KeyFile is missing", Default + "Provider=openai", Default + "Model=m")]
    [InlineData("Agents:Models:default:KeyFile is '/no/file', which cannot be read", Default + "Provider=openai", Default + "Model=m", Default + "KeyFile=/no/file")]
    [InlineData("Key and KeyFile are both set", Default + "Provider=openai", Default + "Model=m", Default + "KeyFile=/no/file", Default + "Key=sk-1")]
    [InlineData("in the clear", Default + "Provider=openai", Default + "Model=m", Default + "Endpoint=http://example.org/v1", Default + "Key=sk-1")]
    [InlineData("Agents:Models:default:Endpoint is 'here'", Default + "Provider=openai", Default + "Endpoint=here")]
    [InlineData("Agents:Models:default:Modell is no setting", Default + "Modell=m")]
    [InlineData("Agents:Models:default:InputPrice is 'cheap'", Default + "InputPrice=cheap")]
    [InlineData("InputPrice and OutputPrice", Default + "Provider=offline", Default + "InputPrice=-1")]
    [InlineData("MaxOutputTokens must be", Default + "Provider=offline", Default + "MaxOutputTokens=0")]
    [InlineData("Retries must be", Default + "Provider=offline", Default + "Retries=21")]
    [InlineData("TokenTimeout must be", Default + "Provider=offline", Default + "TokenTimeout=00:00:00")]
    [InlineData("none is named default", "Agents:Models:a:Provider=offline", "Agents:Models:b:Provider=offline")]
    [InlineData("a model named 'a_b'", "Agents:Models:a_b:Provider=offline")]
    [InlineData("Agents:RecordPrompts is 'some'", "Agents:RecordPrompts=some")]
    [InlineData("Agents:Limits:daily limits nothing", "Agents:Limits:daily:Per=Agent")]
    [InlineData("Agents:Limits:daily:Per is 'town'", "Agents:Limits:daily:Per=town")]
    [InlineData("Agents:Limits:daily:Tokens is 'many'", "Agents:Limits:daily:Tokens=many")]
    [InlineData("must be 0 or more", "Agents:Limits:daily:Tokens=-1")]
    [InlineData("Agents:Limits:daily:Window is 00:00:01", "Agents:Limits:daily:Tokens=1", "Agents:Limits:daily:Window=00:00:01")]
    [InlineData("Agents:Limits:daily:Of: 'writer'", "Agents:Limits:daily:Tokens=1", "Agents:Limits:daily:Of=writer")]
    [InlineData("is for all", "Agents:Limits:daily:Tokens=1", "Agents:Limits:daily:Per=Conversation", "Agents:Limits:daily:Of=writer/*")]
    [InlineData("a limit named 'a b'", "Agents:Limits:a b:Tokens=1")]
    [InlineData("Agents:Limits:daily:Token is no setting", "Agents:Limits:daily:Token=1")]
    public void Read_OfAFaultySetting_NamesItAndNoKey(string expected, params string[] settings)
    {
        var fault = Assert.Throws<SettingsException>(() => Read(settings)).Message;
        Assert.Contains(expected, fault, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-1", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OfLimits_TakesWhatIsSet()
    {
        var limit = Read("Agents:Limits:daily:Per=identity", "Agents:Limits:daily:Of=client/*", "Agents:Limits:daily:Cost=2.50", "Agents:Limits:daily:ToolCalls=9", "Agents:Limits:daily:Window=06:00:00").Limits.Limits["daily"];
        Assert.Equal((LimitScope.Identity, "client/*", 2.50m, 9L, null, TimeSpan.FromHours(6)), (limit.Per, limit.Of, limit.Cost, limit.ToolCalls, limit.Tokens, limit.Window));
    }

    private static SiloOptions Read(params string[] settings) => SiloSettings.Read(new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(s => s.Split('=', 2)).Select(s => KeyValuePair.Create(s[0], (string?)s[1]))).Build());
}

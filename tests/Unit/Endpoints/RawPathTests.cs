using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using OrleansAgents.Agents;
using OrleansAgents.Endpoints;
using Xunit;

namespace OrleansAgents.Tests.Endpoints;

public sealed class RawPathTests
{
    [Theory]
    [InlineData("a", "a")]
    [InlineData("a%2Fb", "a/b")]
    [InlineData("a%252Fb", "a%2Fb")]
    [InlineData("a+b", "a+b")]
    [InlineData("%E6%97%A5", "日")]
    [InlineData("%F0%9F%98%80", "😀")]
    [InlineData("%", null)]
    [InlineData("%2", null)]
    [InlineData("%zz", null)]
    [InlineData("%FF", null)]
    [InlineData("%ED%A0%80", null)]
    [InlineData("é", null)]
    public void Segment_Decoded_IsWhatWasEncodedOrNothing(string segment, string? expected) => Assert.Equal(expected, RawPath.Decode(segment));

    [Theory]
    [InlineData("/agents/echo/a%2Fb/ask/note?x=/y/z", "", "a/b")]
    [InlineData("/api/agents/echo/a%252Fb/ask/note/", "/api", "a%2Fb")]
    [InlineData("http://host:80/agents/echo/c/ask/note", "", "c")]
    public void Segment_OfATarget_IsCountedFromItsEnd(string target, string pathBase, string expected) =>
        Assert.Equal(expected, RawPath.Read(Request(target, pathBase, "/agents/echo/x/ask/note"), "key", behind: 2));

    [Theory]
    [InlineData("/agents/echo/%2e%2E/ask/note", "/agents/ask/note")]
    [InlineData("/agents/echo/a/./ask/note", "/agents/echo/a/ask/note")]
    [InlineData("/agents/echo/%zz/ask/note", "/agents/echo/%zz/ask/note")]
    [InlineData("*", "/agents/echo/a/ask/note")]
    public void Segment_ThatCannotBeTold_IsRefused(string target, string path) =>
        Assert.Equal("bad-address", Assert.Throws<AgentRefusedException>(() => RawPath.Read(Request(target, "", path), "key", behind: 2)).Code);

    [Fact]
    public void Segment_OfAServerThatKeepsNoTarget_IsTheRoutes()
    {
        var context = Request("", "", "/agents/echo/a/ask/note");
        context.Request.RouteValues["key"] = "a";
        Assert.Equal("a", RawPath.Read(context, "key", behind: 2));
    }

    private static DefaultHttpContext Request(string target, string pathBase, string path)
    {
        var context = new DefaultHttpContext { Request = { PathBase = pathBase, Path = path } };
        context.Features.Get<IHttpRequestFeature>()!.RawTarget = target;
        return context;
    }
}

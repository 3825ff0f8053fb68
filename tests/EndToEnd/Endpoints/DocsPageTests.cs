using OrleansAgents.Tests.Hosting;

namespace OrleansAgents.Tests.Endpoints;

/// <summary>The page about the interface, as somebody sees it.</summary>
public sealed class DocsPageTests(SiloProcess silo)
{
    [Fact]
    public async Task Page_InABrowser_ShowsTheInterfaceAndLeadsNowhereElse()
    {
        var stop = TestContext.Current.CancellationToken;
        await using var browser = await Browser.OpenAsync($"{silo.Url}/docs/", stop);

        var text = await browser.WaitForAsync("/agents/{kind}/{key}/ask/{contract}", stop);

        Assert.Contains("Asks an agent; the answer is its reply.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Open API Client", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Deploy", text, StringComparison.Ordinal);
    }
}

using System.Text.Json;
using System.Text.RegularExpressions;
using k8s;
using k8s.Models;
using OrleansAgents.Tests.Hosting;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;

namespace OrleansAgents.Tests.Deploy;

/// <summary>Reads what is in deploy/.</summary>
internal static partial class DeployFiles
{
    private static readonly IDeserializer Yaml = new DeserializerBuilder().Build();

    public static string Folder { get; } = Path.Combine(Programs.Repository, "deploy");

    public static IEnumerable<string> YamlFiles => System.IO.Directory.EnumerateFiles(Folder, "*.yaml", SearchOption.AllDirectories);

    public static IEnumerable<string> Manifests => System.IO.Directory.EnumerateFiles(Path.Combine(Folder, "kubernetes"), "*.yaml", SearchOption.AllDirectories)
        .Where(file => Path.GetFileName(file) != "kustomization.yaml");

    /// <summary>The metrics that the dashboard's panels ask for, each with its panel's title.</summary>
    public static IEnumerable<(string Panel, string Metric)> DashboardMetrics
    {
        get
        {
            using var dashboard = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "grafana", "dashboards", "orleans-agents.json")));
            foreach (var panel in dashboard.RootElement.GetProperty("panels").EnumerateArray())
            {
                foreach (var target in panel.GetProperty("targets").EnumerateArray())
                {
                    var names = MetricName().Matches(target.GetProperty("expr").GetString()!);
                    yield return (panel.GetProperty("title").GetString()!, Assert.Single(names).Value);
                }
            }
        }
    }

    /// <summary>A file's first document as maps, lists and texts, with what it merges in.</summary>
    public static object Read(string file) => ReadAll(Path.Combine(Folder, file)).First();

    public static IEnumerable<object> ReadAll(string path)
    {
        using var text = File.OpenText(path);
        var parser = new MergingParser(new Parser(text));
        parser.Consume<StreamStart>();
        while (parser.Accept<DocumentStart>(out _))
        {
            yield return Yaml.Deserialize<Dictionary<object, object>>(parser);
        }
    }

    public static object At(object node, params string[] path) => path.Aggregate(node, (at, name) => Assert.IsType<Dictionary<object, object>>(at)[name]);

    /// <summary>The environment of a silo as the compose file has it.</summary>
    public static Dictionary<string, string> ComposeEnvironment(string silo) =>
        ((Dictionary<object, object>)At(Read("compose.yaml"), "services", silo, "environment"))
            .ToDictionary(pair => (string)pair.Key, pair => (string)pair.Value, StringComparer.Ordinal);

    /// <summary>What Kubernetes itself would read; a member that it does not know is an error.</summary>
    public static IReadOnlyList<object> Load(string manifest) => KubernetesYaml.LoadAllFromString(File.ReadAllText(manifest), strict: true);

    public static V1Container SiloContainer() =>
        Load(Path.Combine(Folder, "kubernetes", "silos.yaml")).OfType<V1Deployment>().Single().Spec.Template.Spec.Containers.Single();

    [GeneratedRegex(@"\b(agents|orleans|dotnet)_[a-z0-9_]+", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex MetricName();
}

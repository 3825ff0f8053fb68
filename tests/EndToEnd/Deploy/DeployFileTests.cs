using System.Text.RegularExpressions;
using k8s.Models;

namespace OrleansAgents.Tests.Deploy;

/// <summary>The files of deploy/ agree with one another.</summary>
public sealed class DeployFileTests
{
    [Fact]
    public void Yaml_EveryFile_IsReadAndHoldsNoPassword()
    {
        Assert.True(DeployFiles.YamlFiles.Count() > 10);
        foreach (var file in DeployFiles.YamlFiles)
        {
            Assert.NotEmpty(DeployFiles.ReadAll(file).ToList());
            foreach (Match password in Regex.Matches(File.ReadAllText(file), @"(?i)password\s*[=:]\s*(?<value>\S+)", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)))
            {
                Assert.Matches(@"^""?\$\{|^REPLACE-ME$|^\$", password.Groups["value"].Value);
            }
        }
    }

    [Fact]
    public void Kubernetes_EveryManifest_HasOnlyWhatKubernetesKnows()
    {
        var objects = DeployFiles.Manifests.SelectMany(DeployFiles.Load).ToList();
        Assert.Equal(13, objects.Count);
        var pods = objects.OfType<V1Deployment>().Select(d => d.Spec.Template.Spec).Concat(objects.OfType<V1StatefulSet>().Select(s => s.Spec.Template.Spec)).ToList();
        Assert.Equal(2, pods.Count);
        Assert.All(pods, pod =>
        {
            Assert.True(pod.SecurityContext.RunAsNonRoot);
            Assert.All(pod.Containers, container => Assert.True(container.SecurityContext.ReadOnlyRootFilesystem));
        });
    }

    [Fact]
    public void Kubernetes_Silos_AreFoundByTheirClusterAndGivenTimeToDrain()
    {
        var template = DeployFiles.Load(Path.Combine(DeployFiles.Folder, "kubernetes", "silos.yaml")).OfType<V1Deployment>().Single().Spec.Template;
        var environment = DeployFiles.SiloContainer().Env.Where(e => e.Value is not null).ToDictionary(e => e.Name, e => e.Value, StringComparer.Ordinal);
        Assert.Equal(environment["Agents__Cluster"], template.Metadata.Labels["orleans/clusterId"]);
        Assert.Equal(environment["Agents__Cluster"], template.Metadata.Labels["orleans/serviceId"]);
        Assert.True(TimeSpan.FromSeconds(template.Spec.TerminationGracePeriodSeconds!.Value) > TimeSpan.Parse(environment["Agents__DrainTimeout"], System.Globalization.CultureInfo.InvariantCulture));
        var port = template.Metadata.Annotations["prometheus.io/port"];
        Assert.EndsWith($":{port}", environment["Agents__Operator__Urls"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("silo1")]
    [InlineData("silo2")]
    [InlineData("silo3")]
    public void Compose_EverySilo_IsReachedByItsNameAndPublishedOnTheLoopbackAddressAlone(string silo)
    {
        Assert.Equal(silo, DeployFiles.ComposeEnvironment(silo)["Agents__Address"]);
        var ports = (List<object>)DeployFiles.At(DeployFiles.Read("compose.yaml"), "services", silo, "ports");
        Assert.All(ports, port => Assert.StartsWith("127.0.0.1:", (string)port, StringComparison.Ordinal));
    }
}

using System.Text.Json;
using OnnxPipeline.Datasets;
using OnnxPipeline.Models;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Export.Tests;

public sealed class VerifierTests
{
    private readonly Model _trained = TestClassifier.Cnn();
    private readonly Model _deploy = Exporter.Export(TestClassifier.Cnn(), new ExportSettings { Labels = TestClassifier.Labels }).Model;

    [Fact]
    public void An_export_passes_at_every_batch_size()
    {
        var report = Verifier.Verify(_trained, _deploy, TestClassifier.Samples(150), new VerifyOptions { OtherBatchSamples = 100 });
        report.EnsurePassed();

        Assert.True(report.Passed);
        Assert.InRange(report.MaxAbsDiff, 0, 1e-4);
        Assert.InRange(report.MeanAbsDiff, 0, report.MaxAbsDiff);
        Assert.Equal((150, 1.0, 0), (report.Samples, report.Agreement, report.NonFiniteSamples));
        Assert.Equal(report.ReferenceAccuracy, report.DeployAccuracy);
        Assert.InRange(report.DeployAccuracy!.Value, 0.01, 0.99);
        Assert.Equal([(1, 100), (7, 100)], report.OtherBatchSizes.Select(b => (b.BatchSize, b.Samples)));
        Assert.Equal(report.MaxAbsDiff, report.WorstSample.AbsDiff);
        Assert.Null(report.FirstDisagreement);
    }

    [Fact]
    public void Files_are_verified_as_they_are()
    {
        using var folder = new TempFolder();
        _trained.Save(folder.File("trained.onnx"));
        _deploy.Save(folder.File("deploy.onnx"));
        Assert.True(Verifier.Verify(folder.File("trained.onnx"), folder.File("deploy.onnx"), TestClassifier.Samples(30)).Passed);
    }

    [Fact]
    public void The_samples_can_be_a_split_of_a_dataset()
    {
        using var folder = new TempFolder();
        var samples = TestClassifier.Samples(12);
        var pixels = (byte[])samples.Trained(0, 12).Inputs[0].Values;
        var images = new SampleSet([new SampleTensor("image", DataKind.UInt8, [3, 8, 8], pixels)], samples.Labels.ToArray().Select(l => (long)l).ToArray());
        DatasetWriter.Write(folder.Path, new DatasetContent { Name = "animals", Labels = TestClassifier.Labels, Train = images, Test = images });
        using var dataset = Dataset.Open(folder.Path);
        var split = HeldOutSamples.Of(dataset, dataset.Test);

        Assert.Equal(samples.Labels.ToArray(), split.Labels.ToArray());
        Assert.Equal(Verifier.Verify(_trained, _deploy, samples).ToJson(), Verifier.Verify(_trained, _deploy, split).ToJson());
    }

    [Fact]
    public void The_report_is_json_in_camel_case_and_reads_back()
    {
        var report = Verifier.Verify(_trained, _deploy, TestClassifier.Samples(10));
        using var json = JsonDocument.Parse(report.ToJson());
        foreach (var name in (string[])["maxAbsDiff", "meanAbsDiff", "agreement", "samples", "referenceAccuracy", "deployAccuracy", "tolerance", "passed", "ortVersion", "worstSample"])
            Assert.True(json.RootElement.TryGetProperty(name, out _), name);
        Assert.Equal(report.WorstSample.Index, json.RootElement.GetProperty("worstSample").GetProperty("index").GetInt32());
        Assert.Equal(report.ToJson(), VerifyReport.FromJson(report.ToJson()).ToJson());
    }

    [Fact]
    public void A_changed_weight_fails_and_the_worst_sample_is_named()
    {
        var weights = _deploy.Graph.Nodes.First(n => n.OpType == "Gemm").Inputs[1];
        _deploy.Graph.Initializers[weights].Span<float>()[0] += 3;
        var report = Verifier.Verify(_trained, _deploy, TestClassifier.Samples(40));
        Assert.False(report.Passed);
        Assert.True(report.MaxAbsDiff > report.Tolerance);
        Assert.NotEqual(report.WorstSample.Reference, report.WorstSample.Deploy);
        var error = Assert.Throws<VerifyException>(report.EnsurePassed);
        Assert.Contains($"sample {report.WorstSample.Index} differs", error.Message, StringComparison.Ordinal);
        Assert.Same(report, error.Report);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Weights_that_are_not_finite_fail_although_both_models_give_the_same(float value)
    {
        var weights = _trained.Graph.Nodes.First(n => n.OpType == "Gemm").Inputs[1];
        _trained.Graph.Initializers[weights].Span<float>()[..128].Fill(value);
        var deploy = Exporter.Export(_trained, new ExportSettings { Labels = TestClassifier.Labels }).Model;
        var report = Verifier.Verify(_trained, deploy, TestClassifier.Samples(10));
        Assert.False(report.Passed);
        Assert.Equal((10, 0), (report.NonFiniteSamples, report.WorstSample.Index));
        Assert.Contains("\"maxAbsDiff\": \"Infinity\"", report.ToJson(), StringComparison.Ordinal);
        Assert.Contains("the first is sample 0", Assert.Throws<VerifyException>(report.EnsurePassed).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_mixes_the_samples_of_a_batch_fails_at_another_batch_size()
    {
        Model Mixing()
        {
            var graph = new TestModel();
            var x = graph.Op("Mul", graph.Op("Cast", n => n.Set("to", 1L), graph.Input("image", ElementType.UInt8, "batch", 1, 8, 8)), graph.Floats("scale", [0.01f]));
            x = graph.Op("Sub", x, graph.Op("ReduceMean", n => n.Set("axes", [0L]), x));
            return TestClassifier.Finish(graph, graph.Gemm(graph.Op("Flatten", x), 64, 4));
        }

        var deploy = Exporter.Export(Mixing(), new ExportSettings { Labels = TestClassifier.Labels }).Model;
        var report = Verifier.Verify(Mixing(), deploy, TestClassifier.Samples(64, channels: 1));
        Assert.True(report.MaxAbsDiff <= report.Tolerance);
        Assert.False(report.Passed);
        Assert.Contains("mixes samples of a batch", Assert.Throws<VerifyException>(report.EnsurePassed).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_class_that_differs_in_a_near_tie_fails_too()
    {
        Model Biased(float[] bias)
        {
            var graph = new TestModel();
            var x = graph.Op("Flatten", graph.Op("Cast", n => n.Set("to", 1L), graph.Input("image", ElementType.UInt8, "batch", 1, 8, 8)));
            var w = graph.Floats("w", new float[4 * 64], 4, 64);
            return TestClassifier.Finish(graph, graph.Op("Gemm", n => n.Set("transB", 1L), x, w, graph.Floats("b", bias, 4)));
        }

        var deploy = Exporter.Export(Biased([1, 1.00001f, 0, 0]), new ExportSettings { Labels = TestClassifier.Labels }).Model;
        var report = Verifier.Verify(Biased([1.00001f, 1, 0, 0]), deploy, TestClassifier.Samples(5, channels: 1));
        Assert.Equal((false, 0.0, 0), (report.Passed, report.Agreement, report.FirstDisagreement!.Index));
        Assert.Contains("near tie", Assert.Throws<VerifyException>(report.EnsurePassed).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Models_and_samples_that_do_not_fit_are_refused()
    {
        var grey = Exporter.Export(TestClassifier.Cnn(channels: 1), new ExportSettings { Labels = TestClassifier.Labels }).Model;
        Assert.Contains("different images", Assert.Throws<ExportException>(() => Verifier.Verify(_trained, grey, TestClassifier.Samples(5))).Message, StringComparison.Ordinal);
        Assert.Contains("no output 'probabilities'", Assert.Throws<ExportException>(() => Verifier.Verify(_trained, _trained, TestClassifier.Samples(5))).Message, StringComparison.Ordinal);

        var none = HeldOutSamples.Of(Array.Empty<byte>(), Array.Empty<int>());
        Assert.Throws<ArgumentException>(() => Verifier.Verify(_trained, _deploy, none));
        var wrong = HeldOutSamples.Of(new byte[2 * 3 * 8 * 8], new[] { 0, 4 });
        Assert.Contains("label of sample 1 is 4", Assert.Throws<ArgumentException>(() => Verifier.Verify(_trained, _deploy, wrong)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => HeldOutSamples.Of(new byte[10], new int[3]));
    }
}

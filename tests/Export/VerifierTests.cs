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

    [Fact]
    public void A_mean_difference_has_a_limit_of_its_own()
    {
        var weights = _deploy.Graph.Nodes.First(n => n.OpType == "Gemm").Inputs[1];
        _deploy.Graph.Initializers[weights].Span<float>()[0] += 0.01f;
        var lenient = new VerifyOptions { Tolerance = double.PositiveInfinity, MinAgreement = 0 };
        var report = Verifier.Verify(_trained, _deploy, TestClassifier.Samples(40), lenient);
        Assert.True(report.Passed);
        Assert.True(Verifier.Verify(_trained, _deploy, TestClassifier.Samples(40), lenient with { MeanTolerance = report.MeanAbsDiff }).Passed);
        var failed = Verifier.Verify(_trained, _deploy, TestClassifier.Samples(40), lenient with { MeanTolerance = report.MeanAbsDiff / 2 });
        Assert.Contains("on average", Assert.Throws<VerifyException>(failed.EnsurePassed).Message, StringComparison.Ordinal);
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
    public void Hostile_inputs_are_run_and_recorded()
    {
        var report = Verifier.Verify(_trained, _deploy, TestClassifier.Samples(10));
        Assert.Equal(["every pixel 0", "every pixel 255", "pixels 0 and 255 in turn"], report.Hostile.Select(h => h.Input));
        Assert.All(report.Hostile, h => Assert.Equal((true, "finite", "finite"), (h.Passed, h.Reference, h.Deploy)));
        Assert.All(report.Hostile, h => Assert.InRange(h.MaxAbsDiff!.Value, 0, 1e-4));
        Assert.Contains("without graph optimisations", report.Reference, StringComparison.Ordinal);
    }

    [Fact]
    public void A_deployed_model_that_gives_no_number_where_the_reference_does_fails()
    {
        // 0/0 where every pixel is 0; on other images as the reference.
        var graph = _deploy.Graph;
        var softmax = graph.Nodes.Single(n => n.OpType == "Softmax");
        softmax.Outputs[0] = "clean";
        graph.Nodes.Add(new Node("Cast", ["image"], ["hostile.pixels"]).Set("to", 1L));
        graph.Nodes.Add(new Node("ReduceMax", ["hostile.pixels"], ["hostile.most"]).Set("keepdims", 0L));
        graph.Nodes.Add(new Node("Div", ["hostile.most", "hostile.most"], ["hostile.one"]));
        graph.Nodes.Add(new Node("Mul", ["clean", "hostile.one"], ["probabilities"]));
        var report = Verifier.Verify(_trained, _deploy, TestClassifier.Samples(10));
        Assert.False(report.Passed);
        Assert.Equal((false, "finite", "not finite"), (report.Hostile[0].Passed, report.Hostile[0].Reference, report.Hostile[0].Deploy));
        Assert.True(report.Hostile[1].Passed);
        Assert.Contains("every pixel 0", Assert.Throws<VerifyException>(report.EnsurePassed).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_training_engine_is_a_second_reference()
    {
        var samples = TestClassifier.Samples(30);
        var exact = Verifier.Verify(_trained, _deploy, samples).WorstSample;
        var probabilities = Enumerable.Range(0, 30).Select(i => Verifier.Verify(_trained, _deploy, HeldOutSamples.Of(((byte[])samples.Trained(i, 1).Inputs[0].Values).AsMemory(), samples.Labels.Slice(i, 1))).WorstSample).ToArray();
        SampleScore Score(SampleComparison sample, double off) => new(-Math.Log(sample.Reference[sample.Label!.Value] + off), sample.ReferenceClass == sample.Label);

        var agreeing = Verifier.Verify(_trained, _deploy, samples, new VerifyOptions { Engine = new ReferenceEngine("test", probabilities.Select(p => Score(p, 0))) });
        Assert.True(agreeing.Passed);
        Assert.Equal(("test", "deployed", true, 30, 1.0), (agreeing.TrainingEngine!.Engine, agreeing.TrainingEngine.Compared, agreeing.TrainingEngine.Passed, agreeing.TrainingEngine.Samples, agreeing.TrainingEngine.Agreement));
        Assert.Equal(agreeing.ReferenceAccuracy, agreeing.TrainingEngine.Accuracy);
        Assert.InRange(agreeing.TrainingEngine.MaxAbsDiff, 0, 1e-5);

        var off = Verifier.Verify(_trained, _deploy, samples, new VerifyOptions { Engine = new ReferenceEngine("test", probabilities.Select((p, i) => Score(p, i == 7 ? 0.01 : 0))) });
        Assert.Equal((false, 7), (off.Passed, off.TrainingEngine!.WorstIndex));
        Assert.Contains("of sample 7", Assert.Throws<VerifyException>(off.EnsurePassed).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Verifier.Verify(_trained, _deploy, samples, new VerifyOptions { Engine = new ReferenceEngine("test", [Score(exact, 0)]) }));
    }

    [Fact]
    public void A_compressed_variant_is_held_to_limits_of_its_own()
    {
        var weights = _deploy.Graph.Nodes.First(n => n.OpType == "Gemm").Inputs[1];
        foreach (ref var weight in _deploy.Graph.Initializers[weights].Span<float>()) weight = MathF.Round(weight * 16) / 16;
        var samples = TestClassifier.Samples(100);
        Assert.False(Verifier.Verify(_trained, _deploy, samples).Passed);
        var loose = Verifier.Verify(_trained, _deploy, samples, new VerifyOptions { Tolerance = 0.5, MinAgreement = 0.5, MaxAccuracyDrop = 0.2 });
        loose.EnsurePassed();
        Assert.InRange(loose.MaxAbsDiff, 1e-4, 0.5);
        var strict = Verifier.Verify(_trained, _deploy, samples, new VerifyOptions { Tolerance = 0.5, MinAgreement = 0.5, MaxAccuracyDrop = loose.ReferenceAccuracy!.Value - loose.DeployAccuracy!.Value - 0.001 });
        Assert.Contains("accuracy drops", Assert.Throws<VerifyException>(strict.EnsurePassed).Message, StringComparison.Ordinal);
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

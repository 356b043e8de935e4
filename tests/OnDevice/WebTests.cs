using System.Diagnostics;
using System.Text.Json;
using OnnxPipeline.Export.SecondRuntime;
using OnnxPipeline.Models.Metadata.Bundles;
using OnnxPipeline.Training.Bundles;
using OnnxPipeline.Training.Optimizers;

namespace OnnxPipeline.OnDevice.Tests;

/// <summary>The module for browsers, in Node.js, against the library: they take up each other's states, and come to the same weights.</summary>
public sealed class WebTests : IDisposable
{
    private const int Samples = 20;
    private const int Steps = 50;
    private const double Limit = 1e-4;
    private readonly BundleFolder _bundle = new(Squares.Deployed(Squares.Cnn()), new BundleOptions { Optimizer = new AdamWOptions { LearningRate = 2e-3 }, SpareClasses = 2 });

    public void Dispose() => _bundle.Dispose();

    [WebFact]
    public void Fifty_steps_in_WebAssembly_are_fifty_steps_of_the_library()
    {
        using var trainer = _bundle.Open();
        trainer.AddClass("middle");
        using var batch = trainer.Batch(Samples, classes: 5);
        var losses = new List<double>();
        for (var i = 0; i < Steps; i++) losses.Add(trainer.TrainStep(batch).Loss);

        var result = Run(new { newClasses = new[] { "middle" }, steps = Steps, classes = 5, other = Save(trainer) });
        Assert.All(losses.Zip(result.GetProperty("losses").EnumerateArray().Select(l => l.GetDouble())), pair => Assert.Equal(pair.First, pair.Second, Limit));
        Assert.Equal(Steps, result.GetProperty("step").GetInt32());
        Assert.Equal(6, result.GetProperty("rows").GetInt32());

        var (own, web) = (StateFile.Parse(trainer.GetState(), "own"), StateFile.Parse(Made("state"), "web"));
        Assert.Equal(own.Classes, web.Classes);
        Assert.Equal(own.Samples, web.Samples);
        foreach (var (expected, actual) in own.Tensors.Zip(web.Tensors).Where(p => p.First.Type == BundleTypes.Float32))
            Assert.True(expected.Data.Floats().Zip(actual.Data.Floats()).Max(p => Math.Abs(p.First - p.Second)) <= Limit, expected.Name);
        using var resumed = _bundle.Open();
        resumed.SetState(Made("state"));
        using var again = resumed.Batch(Samples, classes: 5);
        Assert.Equal(result.GetProperty("loss").GetDouble(), resumed.Evaluate(again).Loss, Limit);
        Assert.Equal(resumed.Export(), Made("model.onnx"));

        var (average, expectedAverage) = (StateFile.Parse(Made("average"), "web"), StateFile.Parse(OnDeviceTrainer.Average([Made("state"), trainer.GetState()]), "own"));
        foreach (var (expected, actual) in expectedAverage.Tensors.Zip(average.Tensors)) Assert.Equal(expected.Data.ToArray(), actual.Data.ToArray());
    }

    [WebFact]
    public void A_state_of_the_library_is_the_same_file_when_the_browser_has_saved_it()
    {
        using var trainer = _bundle.Open();
        trainer.AddClass(new string('x', 200));
        using var batch = trainer.Batch(Samples);
        trainer.TrainStep(batch);
        Run(new { state = Save(trainer), newClasses = Array.Empty<string>(), steps = 0, classes = 4 });
        var (own, web) = (StateFile.Parse(trainer.GetState(), "own"), StateFile.Parse(Made("state"), "web"));
        Assert.Equal(own.Tensors.Select(t => t.Name), web.Tensors.Select(t => t.Name));
        Assert.All(own.Tensors.Zip(web.Tensors), pair => Assert.Equal(pair.First.Data.ToArray(), pair.Second.Data.ToArray()));
        Assert.Equal(trainer.Export(), Made("model.onnx"));
    }

    [WebTheory]
    [InlineData("state", "changed or damaged")]
    [InlineData("file", "The bundle is damaged")]
    [InlineData("foreign", "another bundle")]
    public void What_was_tampered_with_is_refused(string what, string reason)
    {
        using var trainer = _bundle.Open();
        var state = trainer.GetState();
        if (what == "state") state[^1] ^= 1;
        if (what == "file") File.AppendAllText(_bundle.File("eval.onnx"), " ");
        if (what == "foreign")
        {
            using var other = new BundleFolder(Squares.Mlp());
            using var foreign = other.Open();
            state = foreign.GetState();
        }
        File.WriteAllBytes(_bundle.Beside("state"), state);
        var error = Assert.ThrowsAny<Exception>(() => Run(new { state = _bundle.Beside("state"), newClasses = Array.Empty<string>(), steps = 0, classes = 4 }));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    private string Save(OnDeviceTrainer trainer)
    {
        trainer.SaveState(_bundle.Beside("own"));
        return _bundle.Beside("own");
    }

    private byte[] Made(string name) => File.ReadAllBytes(_bundle.Beside($"web/{name}"));

    private JsonElement Run(object how)
    {
        Directory.CreateDirectory(_bundle.Beside("web"));
        var request = JsonSerializer.SerializeToNode(how)!.AsObject();
        var (pixels, labels) = Squares.Draw(Samples, (int)request["classes"]!);
        File.WriteAllBytes(_bundle.Beside("pixels"), pixels);
        (request["runtime"], request["bundle"], request["out"], request["pixels"]) = (WebRuntime.Folder, _bundle.Path, _bundle.Beside("web"), _bundle.Beside("pixels"));
        request["labels"] = JsonSerializer.SerializeToNode(labels);
        File.WriteAllText(_bundle.Beside("request.json"), request.ToJsonString());

        using var node = Process.Start(new ProcessStartInfo("node", [Path.Combine(AppContext.BaseDirectory, "web.mjs"), _bundle.Beside("request.json")]) { RedirectStandardError = true })!;
        var errors = node.StandardError.ReadToEnd();
        node.WaitForExit();
        if (node.ExitCode != 0) throw new InvalidOperationException(errors);
        using var result = JsonDocument.Parse(File.ReadAllBytes(_bundle.Beside("web/result.json")));
        return result.RootElement.Clone();
    }
}

/// <summary>A test in onnxruntime-web, skipped with the reason where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class WebFactAttribute : FactAttribute
{
    public WebFactAttribute() => Skip = WebRuntime.Unavailable;
}

/// <summary>As <see cref="WebFactAttribute"/>, with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class WebTheoryAttribute : TheoryAttribute
{
    public WebTheoryAttribute() => Skip = WebRuntime.Unavailable;
}

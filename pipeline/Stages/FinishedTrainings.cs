using System.Text.Json;
using OnnxPipeline.Models;
using OnnxPipeline.Training.Loop;

namespace OnnxPipeline.Pipeline.Stages;

/// <summary>Trainings of a stage that has several: each keeps its checkpoint, and once it is over its result, so that an interrupted stage goes on with the one under way.</summary>
/// <param name="work">The stage's folder for what outlives interrupts.</param>
internal sealed class FinishedTrainings(string work)
{
    /// <summary>What a training came to: now, or before an interruption.</summary>
    /// <param name="name">Names its files.</param>
    /// <param name="train">Trains with a checkpoint at the path it is given.</param>
    public (Model Model, TrainingHistory History) Get(string name, Func<string, TrainResult> train)
    {
        var (model, history) = (Path.Combine(work, $"{name}.onnx"), Path.Combine(work, $"{name}.json"));
        // The model is written last, and at once.
        if (File.Exists(model)) return (Model.Load(model), JsonSerializer.Deserialize(File.ReadAllBytes(history), StageJson.Default.TrainingHistory)!);

        var result = train(Path.Combine(work, $"{name}.checkpoint.onnx"));
        var figures = TrainingHistory.Of(result.Progress);
        File.WriteAllText(history, JsonSerializer.Serialize(figures, StageJson.Default.TrainingHistory));
        result.Model.Save(model);
        return (result.Model, figures);
    }
}

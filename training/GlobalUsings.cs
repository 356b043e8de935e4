global using OnnxPipeline.Models;

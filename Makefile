# From a dataset to a trained, verified and served ONNX model. `make help` lists what there is.
RECIPE ?= fashion-mnist
DEVICE ?= cpu
# ort or torch; on CUDA it is torch unless ort is asked for.
ENGINE ?= $(if $(filter cuda%,$(DEVICE)),torch,ort)
# A TorchSharp.dll of one's own, in place of the package.
TORCHSHARP ?=
SET ?=
ARGS ?=
MODEL ?= artifacts/latest/model.onnx
IMAGES ?=
LISTEN ?= 127.0.0.1:8080

SHELL := bash
CLI := bin/pipeline
ROOMS := models runtime datasets training compression export inference pipeline
SOURCES := $(shell find $(ROOMS) -name obj -prune -o \( -name '*.cs' -o -name '*.csproj' -o -name '*.proto' -o -name '*.html' -o -name '*.css' -o -name '*.js' \) -print) Directory.Build.props Directory.Packages.props
KIND := $(firstword $(subst :, ,$(DEVICE)))
# TorchSharp brings CUDA by itself: what evaluates and serves then stays ONNX Runtime's CPU build.
ORT_DEVICE := $(if $(filter torch,$(ENGINE)),cpu,$(KIND))
TORCH := $(if $(filter torch,$(ENGINE)),$(if $(filter cuda,$(KIND)),cuda,true))
BUILD := -p:Device=$(ORT_DEVICE) $(addprefix -p:TorchSharp=,$(TORCH)) $(if $(TORCH),$(addprefix -p:TorchSharpAssembly=,$(abspath $(TORCHSHARP))))
TRAINING := $(if $(TORCH),--engine torch) $(if $(filter cuda,$(KIND)),--device $(DEVICE))
RUN := $(CLI) run $(RECIPE) $(addprefix --set ,$(SET)) $(TRAINING) $(ARGS)

.DEFAULT_GOAL := help
.PHONY: help setup charts data torch train export sweep predict serve test test-slurm bench clean

help: ## List the targets
	@echo "make TARGET [RECIPE=name or file] [SET='path=value …'] [DEVICE=cpu|cuda|cuda:n] [ENGINE=ort|torch] [ARGS='more flags']"
	@echo
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 14
	@echo
	@echo "Recipes: $(basename $(notdir $(wildcard recipes/*.yaml)))"

setup: $(CLI) data ## Bring what is missing, build, and leave the launcher bin/pipeline

train: setup ## Train the recipe's model (cached; an interrupted run goes on)
	@$(RUN) --until train

export: setup ## The main job: train, export, verify and evaluate the recipe's model
	@$(RUN)

sweep: setup ## Run the recipe with every combination of the values in SET='path=1,2 …', or with its own sweep
	@$(CLI) sweep $(RECIPE) $(addprefix --set ,$(SET)) $(TRAINING) $(ARGS)

predict: setup ## Classify IMAGES='file or folder …' with MODEL=…
	@$(CLI) predict $(MODEL) $(or $(IMAGES),$(error Name the images: make predict IMAGES=folder)) $(ARGS)

serve: export ## Serve the exported model over HTTP on LISTEN=address:port
	@exec $(CLI) serve $(MODEL) --listen $(LISTEN) $(if $(filter 127.% localhost:%,$(LISTEN)),--browser-model) $(ARGS)

test: .deps/onnxruntime.props torch charts data ## Run every test
	@dotnet test pipeline.sln -c Release --nologo -v quiet --logger 'console;verbosity=minimal' $(BUILD)

test-slurm: .deps/onnxruntime.props ## Run the tests of --executor slurm on a cluster of this machine's own, with Slurm installed first (as root)
	@tests/Slurm/install.sh
	@dotnet test tests/Slurm -c Release --nologo -v quiet --logger 'console;verbosity=minimal' $(BUILD)

bench: .deps/onnxruntime.props torch ## Measure, beside PyTorch and a Node server where they are installed
	@dotnet run -c Release --project benchmarks $(BUILD) -- $(ARGS)

clean: ## Delete build outputs, artifacts and what set-up brought
	rm -rf .build .deps bin artifacts benchmarks/results

# A build for another device is another build.
.deps/device: FORCE
	@mkdir -p .deps && if [ "$$(cat $@ 2>/dev/null)" != "$(ORT_DEVICE)" ]; then echo "$(ORT_DEVICE)" > $@; rm -f .deps/onnxruntime.props; fi
FORCE:

# And so is one with another engine built in.
.deps/build: FORCE
	@mkdir -p .deps && if [ "$$(cat $@ 2>/dev/null)" != "$(strip $(BUILD))" ]; then echo "$(strip $(BUILD))" > $@; fi

# Where the engine torch is asked for: TorchSharp from the feed, or an error that says what works instead.
torch:
	@$(if $(filter ort torch,$(ENGINE)),:,{ echo "make: ENGINE=$(ENGINE) is unknown; expected ort or torch" >&2; exit 2; })
	@$(if $(and $(TORCH),$(if $(TORCHSHARP),,1)),training/TorchSharp/install.sh $(KIND),:)

.deps/onnxruntime.props: .deps/device runtime/OnnxRuntimePackage/install.sh
	@command -v dotnet > /dev/null || { echo "setup: the .NET SDK 10 is not installed; see https://dotnet.microsoft.com/download" >&2; exit 1; }
	@runtime/OnnxRuntimePackage/install.sh $(ORT_DEVICE) && touch $@

$(CLI): $(SOURCES) .deps/onnxruntime.props .deps/build | charts torch
	@echo "setup: building"
	@dotnet build pipeline/OnnxPipeline.Pipeline.csproj -c Release --nologo -v quiet -clp:NoSummary $(BUILD)
	@mkdir -p bin && printf '%s\n' '#!/bin/sh' 'exec dotnet "$$(dirname "$$(readlink -f "$$0")")/../.build/bin/OnnxPipeline.Pipeline/release/OnnxPipeline.Pipeline.dll" "$$@"' > $(CLI) && chmod +x $(CLI)

# What draws the charts of reports, and the second runtime of verification. A build without them works, and says what is missing.
charts:
	@pipeline/Reports/Vega/install.sh || true
	@export/SecondRuntime/install.sh || true

# The default recipe's data: Debian packages it; elsewhere the data stage downloads it.
data:
	@datasets/install.sh

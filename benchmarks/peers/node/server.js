// A server of KServe V2 infer requests with binary tensors as one writes it in Node: fastify and onnxruntime-node. Arguments: the
// model, and how many processes share the port. It prints "ready ADDRESS DESCRIPTION", and ends with its input.
import cluster from 'node:cluster';
import fastify from 'fastify';
import ort from 'onnxruntime-node';

const [model, workers] = [process.argv[2], Number(process.argv[3])];
const HEADER = 'inference-header-content-length';
const arrays = { UINT8: Uint8Array, FP32: Float32Array };

async function serve() {
  // One thread a run: on one image of this size a second one gains nothing, and several processes share the cores.
  const session = await ort.InferenceSession.create(model, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  const app = fastify();
  app.addContentTypeParser('application/octet-stream', { parseAs: 'buffer' }, (request, body, done) => done(null, body));
  app.post('/v2/models/:model/infer', async (request, reply) => {
    const length = Number(request.headers[HEADER]);
    const [input] = JSON.parse(request.body.toString('utf8', 0, length)).inputs;
    const Type = arrays[input.datatype];
    const bytes = request.body.subarray(length, length + input.parameters.binary_data_size);
    const values = bytes.byteOffset % Type.BYTES_PER_ELEMENT === 0
      ? new Type(bytes.buffer, bytes.byteOffset, bytes.length / Type.BYTES_PER_ELEMENT)
      : new Type(Uint8Array.from(bytes).buffer);
    const tensor = new ort.Tensor(input.datatype === 'FP32' ? 'float32' : 'uint8', values, input.shape);
    const [name, output] = Object.entries(await session.run({ [input.name]: tensor }))[0];
    const data = Buffer.from(output.data.buffer, output.data.byteOffset, output.data.byteLength);
    const json = Buffer.from(JSON.stringify({
      model_name: request.params.model,
      model_version: '1',
      outputs: [{ name, datatype: 'FP32', shape: output.dims, parameters: { binary_data_size: data.length } }],
    }));
    reply.header('content-type', 'application/octet-stream').header(HEADER, json.length);
    return Buffer.concat([json, data]);
  });
  return app.listen({ host: '127.0.0.1', port: 0 });
}

function ready(address) {
  const processes = workers === 1 ? 'one process' : `${workers} processes`;
  console.log(`ready ${address} Node ${process.versions.node}, fastify ${fastify().version}, onnxruntime-node ${ort.env.versions.node}, ${processes}`);
  process.stdin.resume().on('end', () => process.exit());
}

if (cluster.isPrimary && workers > 1) {
  let waiting = workers;
  // All of them are given the same free port.
  for (let i = 0; i < workers; i++) cluster.fork().on('message', address => --waiting === 0 && ready(address));
} else {
  const address = await serve();
  if (cluster.isPrimary) ready(address);
  else process.send(address);
}

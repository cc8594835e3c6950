// Runs as many processes of worker.mjs as the other servers have event loops. They share the port.
import cluster from 'node:cluster';

const WORKERS = 2;

cluster.setupPrimary({ exec: new URL('worker.mjs', import.meta.url).pathname });
cluster.on('exit', (worker, code) => {
  console.error(`A worker has ended with ${code}.`);
  process.exit(1);
});
for (let i = 0; i < WORKERS; i++) {
  cluster.fork();
}

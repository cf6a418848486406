/** The broker's configuration in the native form: the description's settings and loopback addresses. */
import { components } from '../description.ts';
import type { Ports } from '../description.ts';
import { loopback } from '../endpoints.ts';

export function brokerProperties(
  ports: Pick<Ports, 'kafka' | 'kafkaController'>,
  logDirectory: string,
): Record<string, string> {
  const client = `PLAINTEXT://${loopback}:${ports.kafka}`;
  const controller = `${loopback}:${ports.kafkaController}`;
  return {
    ...components.kafka.settings,
    listeners: `${client},CONTROLLER://${controller}`,
    'advertised.listeners': client,
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    // A fixed voter and not a dynamic quorum: the latter writes the port into the formatted directory, which is a
    // template for any port.
    'controller.quorum.voters': `${components.kafka.settings['node.id']}@${controller}`,
    'log.dirs': logDirectory,
  };
}

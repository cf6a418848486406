/**
 * Settings of the components in each program's own words: `postgresql.conf`, options of `mariadbd`, `.properties`, environment.
 * Equal in both forms.
 */
export const settings = {
  postgres: {
    wal_level: 'logical',
    max_wal_senders: '10',
    max_replication_slots: '10',
    // A forgotten slot must not fill the disk.
    max_slot_wal_keep_size: '4GB',
    max_connections: '100',
    shared_buffers: '128MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
  },
  mariadb: {
    'server-id': '1',
    'log-bin': 'binlog',
    'binlog-format': 'ROW',
    'binlog-row-image': 'FULL',
    // Since 11.4 all changes of a transaction have the position of its start otherwise.
    'binlog-legacy-event-pos': 'ON',
    'gtid-strict-mode': 'ON',
    // A transaction that a customer was told of is in the binlog, whatever happens to the machine.
    'sync-binlog': '1',
    'binlog-expire-logs-seconds': '259200',
    // What the image has, and a bare server has not.
    'character-set-server': 'utf8mb4',
    'collation-server': 'utf8mb4_uca1400_ai_ci',
    'max-connections': '100',
    'innodb-buffer-pool-size': '128M',
    'innodb-log-file-size': '16M',
    'default-time-zone': '+00:00',
    // It would make itself a certificate at every start, which takes up to 20 s.
    ssl: 'OFF',
    // Nobody asks a name server who a client is.
    'skip-name-resolve': 'ON',
  },
  kafka: {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.listener.names': 'CONTROLLER',
    // One node: everything that would be replicated is not.
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '4',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'transaction.state.log.num.partitions': '4',
    'share.coordinator.state.topic.replication.factor': '1',
    'share.coordinator.state.topic.min.isr': '1',
    'share.coordinator.state.topic.num.partitions': '4',
    'default.replication.factor': '1',
    'min.insync.replicas': '1',
    'num.partitions': '4',
    'auto.create.topics.enable': 'true',
    'group.initial.rebalance.delay.ms': '0',
    'num.network.threads': '2',
    'num.io.threads': '4',
    'background.threads': '2',
    // 128 MiB of heap, taken at start, unless told otherwise.
    'log.cleaner.dedupe.buffer.size': '4194304',
    'log.segment.bytes': '134217728',
  },
  connect: {
    'group.id': 'hybridge-connect',
    'key.converter': 'org.apache.kafka.connect.json.JsonConverter',
    'key.converter.schemas.enable': 'false',
    'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
    'value.converter.schemas.enable': 'false',
    'config.storage.topic': '_connect_configs',
    'offset.storage.topic': '_connect_offsets',
    'status.storage.topic': '_connect_status',
    'config.storage.replication.factor': '1',
    'offset.storage.replication.factor': '1',
    'status.storage.replication.factor': '1',
    'offset.storage.partitions': '1',
    'status.storage.partitions': '1',
    'offset.flush.interval.ms': '5000',
    // Connectors tune their own producer (linger, batch) through producer.override.*.
    'connector.client.config.override.policy': 'All',
    // One worker: nothing to wait for when it comes back.
    'scheduled.rebalance.max.delay.ms': '0',
  },
  aws: {
    SERVICES: 'events,sqs,cloudformation,iam,sts,ssm',
    EAGER_SERVICE_LOADING: '1',
    STRICT_SERVICE_LOADING: '1',
    // Queue URLs name LOCALSTACK_HOST itself, which resolves without a name server.
    SQS_ENDPOINT_STRATEGY: 'off',
    // Nothing leaves the machine: no usage report, no certificate download, no name server.
    DISABLE_EVENTS: '1',
    SKIP_SSL_CERT_DOWNLOAD: '1',
    DNS_ADDRESS: '0',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;

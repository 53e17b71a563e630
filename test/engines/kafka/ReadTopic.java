import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Prints all messages of a topic, one a line: partition, offset, timestamp in milliseconds, key, value, and
 * each header's name and value, separated by tabs. The last ones are Base64, '-' where there is none.
 * Arguments: the broker and the topic.
 */
public class ReadTopic {
  public static void main(String[] args) {
    Map<String, Object> settings = Map.of("bootstrap.servers", args[0], "default.api.timeout.ms", 20_000);
    var bytes = new ByteArrayDeserializer();
    try (var consumer = new KafkaConsumer<byte[], byte[]>(settings, bytes, bytes)) {
      List<TopicPartition> partitions = new ArrayList<>();
      var topics = consumer.listTopics();
      for (var info : topics.getOrDefault(args[1], List.of())) {
        partitions.add(new TopicPartition(info.topic(), info.partition()));
      }
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      var ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(one -> consumer.position(one) < ends.get(one))) {
        for (var message : consumer.poll(Duration.ofMillis(500))) print(message);
      }
    }
    System.out.flush();
  }

  private static void print(ConsumerRecord<byte[], byte[]> message) {
    List<String> parts = new ArrayList<>();
    parts.add(String.valueOf(message.partition()));
    parts.add(String.valueOf(message.offset()));
    parts.add(String.valueOf(message.timestamp()));
    parts.add(base64(message.key()));
    parts.add(base64(message.value()));
    for (Header header : message.headers()) {
      parts.add(base64(header.key().getBytes(StandardCharsets.UTF_8)));
      parts.add(base64(header.value()));
    }
    System.out.println(String.join("\t", parts));
  }

  private static String base64(byte[] bytes) {
    return bytes == null ? "-" : Base64.getEncoder().encodeToString(bytes);
  }
}

import java.util.Map;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;

/** An application with nothing but its actuator. Its settings come as arguments, like {@code --server.port=0}. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class Main {
  public static void main(String[] args) {
    SpringApplication application = new SpringApplication(Main.class);
    application.setDefaultProperties(
        Map.of(
            "server.address", "127.0.0.1",
            "management.endpoints.web.exposure.include", "loggers,health",
            "spring.main.banner-mode", "off"));
    application.run(args);
    LoggerFactory.getLogger("shop.orders").info("started");
  }
}

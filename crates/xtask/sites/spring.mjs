export const version = '4.0.7'
export const install = {}
const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<parent><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-parent</artifactId><version>4.0.7</version><relativePath/></parent>
<groupId>site</groupId><artifactId>site</artifactId><version>1</version><properties><java.version>17</java.version></properties>
<dependencies>
<dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-webmvc</artifactId></dependency>
<dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-security-oauth2-client</artifactId></dependency>
</dependencies>
<build><plugins><plugin><groupId>org.springframework.boot</groupId><artifactId>spring-boot-maven-plugin</artifactId></plugin></plugins></build></project>`
const MAIN = `package site;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.oauth2.client.oidc.web.logout.OidcClientInitiatedLogoutSuccessHandler;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.*;

@SpringBootApplication
@RestController
public class Site {
  public static void main(String[] args) { SpringApplication.run(Site.class, args); }

  @Bean
  SecurityFilterChain chain(HttpSecurity http, ClientRegistrationRepository clients) throws Exception {
    var handler = new OidcClientInitiatedLogoutSuccessHandler(clients);
    handler.setPostLogoutRedirectUri("{baseUrl}/");
    return http.authorizeHttpRequests(all -> all.requestMatchers("/", "/out").permitAll().anyRequest().authenticated())
        .oauth2Login(Customizer.withDefaults())
        .logout(out -> out.logoutSuccessHandler(handler))
        .oidcLogout(out -> out.backChannel(Customizer.withDefaults()))
        .csrf(csrf -> csrf.disable()).build();
  }

  @GetMapping("/")
  String home() { return "home"; }

  @GetMapping("/out")
  String out() { return "<form method=post action=/logout><button id=out>out</button></form>"; }

  @GetMapping("/who")
  Map<String, Object> who(@AuthenticationPrincipal OidcUser user) { return user.getClaims(); }
}
`
export async function drive(site) {
  site.paste('src/main/resources/application.yaml')
  site.append('src/main/resources/application.yaml', `server:\n  port: ${site.port}\n  address: 127.0.0.1`)
  site.write('pom.xml', POM)
  site.write('src/main/java/site/Site.java', MAIN)
  site.runs('mvn', '-q', '-B', 'package')
  await site.start('java', ['-jar', 'target/site-1.jar'])
  await site.signsIn('/who')
  // Signed out elsewhere, it is told.
  await site.person.goes(`${site.issuer}/account/sessions`)
  await site.person.presses('#sign-out-everywhere')
  await site.person.until('the site has forgotten the person', async () => {
    await site.person.goes(`${site.url}/who`)
    return site.person.finds('#username')
  })
  site.saw('back-channel')
  await site.signsIn('/who')
  await site.person.goes(`${site.url}/out`)
  await site.person.presses('#out')
  await site.comesBackSignedOut()
}

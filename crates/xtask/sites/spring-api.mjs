export const version = 'Spring Boot 4.0.7'
export const install = {}
const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<parent><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-parent</artifactId><version>4.0.7</version><relativePath/></parent>
<groupId>site</groupId><artifactId>site</artifactId><version>1</version><properties><java.version>17</java.version></properties>
<dependencies>
<dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-webmvc</artifactId></dependency>
<dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-security-oauth2-resource-server</artifactId></dependency>
</dependencies>
<build><plugins><plugin><groupId>org.springframework.boot</groupId><artifactId>spring-boot-maven-plugin</artifactId></plugin></plugins></build></project>`
const MAIN = `package site;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.oauth2.core.OAuth2AuthenticatedPrincipal;
import org.springframework.web.bind.annotation.*;

@SpringBootApplication
@RestController
public class Site {
  public static void main(String[] args) { SpringApplication.run(Site.class, args); }

  @GetMapping("/orders")
  String orders(@AuthenticationPrincipal OAuth2AuthenticatedPrincipal caller) { return "for " + caller.getAttribute("client_id") + " at " + caller.getAttribute("aud"); }
}
`
export async function drive(site) {
  site.paste('src/main/resources/application.yaml')
  site.append('src/main/resources/application.yaml', `server:\n  port: ${site.port}\n  address: 127.0.0.1`)
  site.write('pom.xml', POM)
  site.write('src/main/java/site/Site.java', MAIN)
  site.runs('mvn', '-q', '-B', 'package')
  await site.start('java', ['-jar', 'target/site-1.jar'])
  const caller = (resource) => JSON.parse(site.passport('client', 'add', '--name', 'Caller', '--kind', 'service', '--json',
    '--scope', 'orders', '--set', `resources+=${resource}`))
  const call = async ({ client_id: id, client_secret: secret }) => {
    const answer = await fetch(`${site.issuer}/oauth2/token`, {
      method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials' }),
      headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` },
    })
    const { access_token: token } = await answer.json()
    return fetch(`${site.url}/orders`, { headers: { authorization: `Bearer ${token}` } })
  }
  const own = caller(site.url)
  const [allowed, foreign] = [await call(own), await call(caller('https://another.example'))]
  const text = await allowed.text()
  if (!text.includes(own.client_id) || !text.includes(site.url)) throw new Error(`${allowed.status} ${text}`)
  // Nobody is told about tokens that are for somebody else.
  if (foreign.status !== 401) throw new Error(`a token for another was answered with ${foreign.status}`)
  site.saw('tokens')
}

/** Names of ports that rules may write instead of numbers, as /etc/services of Debian has them. */

const services = `
  ftp-data 20 ftp 21 ssh 22 telnet 23 smtp 25 time 37 whois 43 tacacs 49 domain 53 bootps 67 bootpc 68 tftp 69 gopher 70
  finger 79 http 80 www 80 kerberos 88 pop3 110 sunrpc 111 ident 113 nntp 119 ntp 123 netbios-ns 137 netbios-dgm 138
  netbios-ssn 139 imap2 143 imap 143 snmp 161 snmp-trap 162 xdmcp 177 bgp 179 irc 194 ldap 389 https 443 microsoft-ds 445
  submissions 465 isakmp 500 exec 512 login 513 shell 514 syslog 514 printer 515 route 520 ldp 646 submission 587 ipp 631
  ldaps 636 rsync 873 ftps-data 989 ftps 990 telnets 992 imaps 993 pop3s 995 socks 1080 openvpn 1194 ms-sql-s 1433
  ms-sql-m 1434 l2f 1701 radius 1812 radius-acct 1813 mqtt 1883 nfs 2049 svn 3690 mysql 3306 epmd 4369 sip 5060 sip-tls 5061
  xmpp-client 5222 xmpp-server 5269 postgresql 5432 amqps 5671 amqp 5672 x11 6000 redis 6379 ircd 6667 http-alt 8080
  zabbix-agent 10050 zabbix-trapper 10051
`

const words = services.trim().split(/\s+/)
const ports: ReadonlyMap<string, number> = new Map(
  words.flatMap((name, index) => (index % 2 === 0 ? [[name, Number(words[index + 1])] as const] : []))
)

/** The port of a service, such as 22 for ssh. */
export function portOf(service: string): number | undefined {
  return ports.get(service)
}

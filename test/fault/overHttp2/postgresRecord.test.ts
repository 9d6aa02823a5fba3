import '../../support/overHttp2';
import '../postgresRecord.test';

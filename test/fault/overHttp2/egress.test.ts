import '../../support/overHttp2';
import '../egress.test';
